//! The rows that a new schema has, whoever made it: a table that holds nothing but these counts as empty.

use serde_json::Value as Json;

use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::secret;

/// The table of the suite's migrations. Each of its rows speaks of the schema that it lies in, and not of what is in there.
pub const MIGRATIONS: &str = tables::PHINXLOG;

/// The tables in which a new schema has rows.
pub const TABLES: [&str; 4] = [MIGRATIONS, tables::USER_ROLES, KEYS, tables::DATA_RETENTION_POLICIES];

const KEYS: &str = tables::ENCRYPTION_KEYS;

/// The rows of one table: what is said here of each stands there as ours or as the suite's migrations have it.
struct Seed {
    table: &'static str,
    columns: &'static [&'static str],
    /// Of each column what it may hold.
    rows: &'static [&'static [&'static [&'static str]]],
}

const SEEDS: [Seed; 2] = [
    Seed {
        table: tables::USER_ROLES,
        columns: &["name", "description", "permissions"],
        rows: &[
            &[
                &["admin"],
                &["Manages users, roles and the system", "System Administrator"],
                &[
                    r#"{"users":["create","read","update","delete"],"roles":["create","read","update","delete"],"security":["read","update"],"system":["read","update","backup"],"audit":["read"]}"#,
                ],
            ],
            &[
                &["user"],
                &["Works with companies and jobs", "Standard User"],
                &[
                    r#"{"profile":["read","update"],"jobs":["create","read","update"],"companies":["create","read","update"]}"#,
                ],
            ],
            &[
                &["viewer"],
                &["Reads companies and jobs", "Read-only User"],
                &[r#"{"profile":["read"],"jobs":["read"],"companies":["read"]}"#],
            ],
        ],
    },
    Seed {
        table: tables::DATA_RETENTION_POLICIES,
        columns: &[
            "policy_name", "data_type", "table_name", "retention_period_days", "grace_period_days", "deletion_action",
            "legal_basis", "description", "enabled", "created_by",
        ],
        rows: &[
            &[
                &["user_accounts_inactive"],
                &["user_personal_data"],
                &["user"],
                &["1095"],
                &["30"],
                &["anonymize"],
                &["GDPR Art. 5(1)(e)", "GDPR Art. 5(1)(e) - Data minimization principle"],
                &[
                    "Users who were not seen for 3 years",
                    "Inactive user accounts are anonymized after 3 years of inactivity",
                ],
                ENABLED,
                NOBODY,
            ],
            &[
                &["session_data"],
                &["session_data"],
                &["user_sessions"],
                &["30"],
                &["7"],
                &["hard_delete"],
                &["GDPR Art. 5(1)(e)", "GDPR Art. 5(1)(e) - Data minimization principle"],
                &["Sessions older than 30 days", "Session data is deleted after 30 days"],
                ENABLED,
                NOBODY,
            ],
            &[
                &["audit_logs"],
                &["audit_data"],
                &["security_audit_log"],
                &["2555"],
                &["90"],
                &["archive"],
                &["Legal duty to keep audit trails", "Legal and regulatory requirements for audit trail retention"],
                &["Security audit older than 7 years", "Security audit logs are archived after 7 years"],
                ENABLED,
                NOBODY,
            ],
            &[
                &["job_execution_logs"],
                &["job_execution_data"],
                &["job"],
                &["365"],
                &["30"],
                &["soft_delete"],
                &["Operation and fault finding", "Business operations and troubleshooting requirements"],
                &["Jobs older than 1 year", "Job execution logs are soft deleted after 1 year"],
                ENABLED,
                NOBODY,
            ],
            &[
                &["application_logs"],
                &["application_logs"],
                &["log"],
                &["365"],
                &["30"],
                &["hard_delete"],
                &["Operation and fault finding", "Business operations and troubleshooting requirements"],
                &["Log messages older than 1 year", "Application logs are deleted after 1 year"],
                ENABLED,
                NOBODY,
            ],
            &[
                &["company_data_business_relationship"],
                &["company_business_data"],
                &["company"],
                &["1825"],
                &["90"],
                &["anonymize"],
                &["Legitimate interest, contract", "Legitimate business interests and contract obligations"],
                &[
                    "Companies without business for 5 years",
                    "Company data retained based on active business relationship, anonymized after 5 years of inactivity",
                ],
                ENABLED,
                NOBODY,
            ],
            &[
                &["login_attempts"],
                &["security_data"],
                &["login_attempts"],
                &["90"],
                &["7"],
                &["hard_delete"],
                &["Protection against intrusion", "Security monitoring and fraud prevention"],
                &["Login attempts older than 3 months", "Login attempt logs are deleted after 3 months"],
                ENABLED,
                NOBODY,
            ],
        ],
    },
];

const ENABLED: &[&str] = &["1", "true"];
const NOBODY: &[&str] = &[""];

/// Has a table nothing but the rows of a new schema, and each as it was made?
///
/// # Errors
/// The database cannot be asked.
pub async fn holds_only_seeds(db: &mut Db, table: &str) -> Result<bool> {
    match table {
        // The copy replaces none of them that the source does not have.
        MIGRATIONS => Ok(true),
        KEYS => {
            let keys = db.fetch_all(&select::from(KEYS).column("key_data").take()).await?;
            Ok(keys.iter().all(|row| secret::is_placeholder_key(&row.text("key_data").unwrap_or_default())))
        }
        _ => {
            let Some(seed) = SEEDS.iter().find(|seed| seed.table == table) else { return Ok(false) };
            let rows = db.fetch_all(&select::rows(seed.table, select::all())).await?;
            Ok(rows.iter().all(|row| seed.has(row)))
        }
    }
}

impl Seed {
    fn has(&self, row: &Row) -> bool {
        self.rows
            .iter()
            .any(|cells| self.columns.iter().zip(*cells).all(|(column, texts)| may_hold(row, column, texts)))
    }
}

fn may_hold(row: &Row, column: &str, texts: &[&str]) -> bool {
    let held = row.text(column).unwrap_or_default();
    let json = |text: &str| serde_json::from_str::<Json>(text).ok().filter(Json::is_object);
    // A server may keep JSON in an order of its own.
    texts.iter().any(|text| *text == held || json(text).is_some_and(|wanted| json(&held) == Some(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_are_those_of_our_migration_and_of_the_suite_s() {
        let ours = include_str!("../../../migrations/sqlite/0008_seed.sql");
        let suite = include_str!("../../../tests/suite/database.sqlite.sql");
        for Seed { table, rows, columns } in SEEDS {
            for cells in rows {
                assert_eq!(cells.len(), columns.len());
                let is_number = |text: &str| text.parse::<u32>().is_ok();
                for texts in cells.iter().filter(|texts| ![ENABLED, NOBODY].contains(texts)) {
                    let quoted = |text: &str| if is_number(text) { text.to_owned() } else { format!("'{text}'") };
                    let (first, last) = (texts.first().copied().unwrap_or(""), texts.last().copied().unwrap_or(""));
                    assert!(ours.contains(&quoted(first)), "{table}: {first}");
                    assert!(suite.contains(&quoted(last)), "{table}: {last}");
                }
            }
        }
    }
}
