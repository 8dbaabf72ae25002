//! One rule by which texts are compared, for all three databases: byte by byte.
//!
//! SQLite and PostgreSQL compare so by themselves. MariaDB and MySQL go by a column's collation, to which `a` and `Á`, and one emoji
//! and another, are the same, and so are `a` and `a `: a row would be found, changed or deleted by another one's name. What a
//! statement of ours compares a column with is therefore asked twice there: as it is, for which the column's index serves, and by
//! its bytes. Text beyond ASCII is compared by its bytes alone: the column's character set may lack it.
//!
//! What the tables make unique stays so, by the server's rule: to know whether a row is in the way, ask by
//! [`same_key`].

use sea_query::{
    BinOper, CommonTableExpression, ConditionHolder, DynIden, EscapeBuilder, ExplainStatement, Expr, ExprTrait,
    IntoColumnRef, JoinType, LockType, MysqlQueryBuilder, OnConflictAction, OnConflictTarget, Oper,
    OperLeftAssocDecider, OrderExpr, PrecedenceDecider, QueryBuilder, Quote, QuotedBuilder, ReturningClause,
    SelectDistinct, SelectInto, SelectStatement, SqlWriter, SubQueryStatement, TableRef, TableRefBuilder, Value,
    WithClause,
};

/// Is there a row that a unique index would take for the same?
///
/// The server compares by its own rule: this way round a comparison is left as it is.
pub fn same_key(column: impl IntoColumnRef, value: impl Into<Value>) -> Expr {
    Expr::val(value).eq(Expr::col(column))
}

/// Writes statements as [`MysqlQueryBuilder`] does, but for comparisons of a column with texts.
pub struct ByBytes;

/// What a column is compared with, where that is text.
fn texts(right: &Expr) -> Option<&[Expr]> {
    let is_text = |expr: &Expr| matches!(expr, Expr::Value(Value::String(Some(_))));
    match right {
        Expr::Tuple(all) if !all.is_empty() && all.iter().all(is_text) => Some(all),
        one if is_text(one) => Some(std::slice::from_ref(one)),
        _ => None,
    }
}

fn are_ascii(texts: &[Expr]) -> bool {
    texts.iter().all(|text| matches!(text, Expr::Value(Value::String(Some(text))) if text.is_ascii()))
}

/// Writing into our own buffer does not fail.
fn put(sql: &mut impl SqlWriter, text: &str) {
    let _ = sql.write_str(text);
}

impl ByBytes {
    fn bytes_of(&self, expr: &Expr, sql: &mut impl SqlWriter) {
        put(sql, "CAST(");
        self.prepare_expr(expr, sql);
        put(sql, " AS BINARY)");
    }

    /// The comparison by bytes. The column may be in another character set than what we send.
    fn by_bytes(&self, column: &Expr, op: BinOper, texts: &[Expr], sql: &mut impl SqlWriter) {
        put(sql, "CAST(CONVERT(");
        self.prepare_expr(column, sql);
        put(sql, " USING utf8mb4) AS BINARY) ");
        self.prepare_bin_oper(&op, sql);
        let is_list = matches!(op, BinOper::In | BinOper::NotIn);
        put(sql, if is_list { " (" } else { " " });
        for (at, text) in texts.iter().enumerate() {
            put(sql, if at == 0 { "" } else { ", " });
            self.bytes_of(text, sql);
        }
        put(sql, if is_list { ")" } else { "" });
    }
}

impl QueryBuilder for ByBytes {
    fn prepare_expr(&self, expr: &Expr, sql: &mut impl SqlWriter) {
        let Expr::Binary(left, op, right) = expr else { return self.prepare_expr_common(expr, sql) };
        let texts = texts(right).filter(|_| matches!(**left, Expr::Column(_)));
        match (texts, op) {
            // The server refuses to compare a column with a character that the column's set lacks; and few look for other than ASCII.
            (Some(texts), BinOper::Equal | BinOper::In) if !are_ascii(texts) => self.by_bytes(left, *op, texts, sql),
            (Some(texts), BinOper::Equal | BinOper::In) => {
                put(sql, "(");
                self.binary_expr(left, op, right, sql);
                put(sql, " AND ");
                self.by_bytes(left, *op, texts, sql);
                put(sql, ")");
            }
            // What differs by the server's rule differs by its bytes, and more does.
            (Some(texts), BinOper::NotEqual | BinOper::NotIn) => self.by_bytes(left, *op, texts, sql),
            _ => self.prepare_expr_common(expr, sql),
        }
    }

    fn prepare_value(&self, value: Value, sql: &mut impl SqlWriter) {
        sql.push_param(value, self);
    }

    fn prepare_query_statement(&self, query: &SubQueryStatement, sql: &mut impl SqlWriter) {
        match query {
            SubQueryStatement::SelectStatement(statement) => self.prepare_select_statement(statement, sql),
            SubQueryStatement::InsertStatement(statement) => self.prepare_insert_statement(statement, sql),
            SubQueryStatement::UpdateStatement(statement) => self.prepare_update_statement(statement, sql),
            SubQueryStatement::DeleteStatement(statement) => self.prepare_delete_statement(statement, sql),
            SubQueryStatement::WithStatement(statement) => self.prepare_with_query(statement, sql),
        }
    }

    // The rest is the server's grammar.

    fn values_list_tuple_prefix(&self) -> &str {
        "ROW"
    }

    fn prepare_select_distinct(&self, distinct: &SelectDistinct, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_select_distinct(distinct, sql)
    }

    fn prepare_index_hints(&self, table: &TableRef, select: &SelectStatement, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_index_hints(table, select, sql)
    }

    fn prepare_select_into(&self, into: &SelectInto, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_select_into(into, sql)
    }

    fn prepare_explain_statement(&self, explain: &ExplainStatement, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_explain_statement(explain, sql)
    }

    fn prepare_with_clause_recursive_options(&self, with: &WithClause, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_with_clause_recursive_options(with, sql)
    }

    fn prepare_with_query_clause_materialization(&self, table: &CommonTableExpression, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_with_query_clause_materialization(table, sql)
    }

    fn prepare_update_column(
        &self,
        table: &Option<Box<TableRef>>,
        from: &[TableRef],
        column: &DynIden,
        sql: &mut impl SqlWriter,
    ) {
        MysqlQueryBuilder.prepare_update_column(table, from, column, sql)
    }

    fn prepare_join_type(&self, kind: &JoinType, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_join_type(kind, sql)
    }

    fn prepare_order_expr(&self, order: &OrderExpr, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_order_expr(order, sql)
    }

    fn prepare_on_conflict_target(&self, target: &OnConflictTarget, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_on_conflict_target(target, sql)
    }

    fn prepare_on_conflict_action(&self, action: &Option<OnConflictAction>, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_on_conflict_action(action, sql)
    }

    fn prepare_on_conflict_keywords(&self, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_on_conflict_keywords(sql)
    }

    fn prepare_on_conflict_do_update_keywords(&self, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_on_conflict_do_update_keywords(sql)
    }

    fn prepare_on_conflict_excluded_table(&self, column: &DynIden, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_on_conflict_excluded_table(column, sql)
    }

    fn prepare_on_conflict_condition(&self, condition: &ConditionHolder, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_on_conflict_condition(condition, sql)
    }

    fn prepare_returning(&self, returning: &Option<ReturningClause>, sql: &mut impl SqlWriter) {
        MysqlQueryBuilder.prepare_returning(returning, sql)
    }

    fn prepare_update_join(&self, from: &[TableRef], condition: &ConditionHolder, sql: &mut impl SqlWriter) {
        if let Some(table) = from.first() {
            put(sql, " JOIN ");
            self.prepare_table_ref(table, sql);
            self.prepare_condition(condition, "ON", sql);
        }
    }

    fn prepare_update_from(&self, _: &[TableRef], _: &mut impl SqlWriter) {}

    fn prepare_update_condition(&self, from: &[TableRef], condition: &ConditionHolder, sql: &mut impl SqlWriter) {
        if from.is_empty() {
            self.prepare_condition(condition, "WHERE", sql);
        }
    }

    fn random_function(&self) -> &str {
        "RAND"
    }

    fn lock_phrase(&self, lock: LockType) -> &'static str {
        MysqlQueryBuilder.lock_phrase(lock)
    }

    fn insert_default_keyword(&self) -> &str {
        "()"
    }
}

impl QuotedBuilder for ByBytes {
    fn quote(&self) -> Quote {
        MysqlQueryBuilder.quote()
    }
}

impl EscapeBuilder for ByBytes {}

impl TableRefBuilder for ByBytes {}

impl PrecedenceDecider for ByBytes {
    fn inner_expr_well_known_greater_precedence(&self, inner: &Expr, outer: &Oper) -> bool {
        MysqlQueryBuilder.inner_expr_well_known_greater_precedence(inner, outer)
    }
}

impl OperLeftAssocDecider for ByBytes {
    fn well_known_left_associative(&self, op: &BinOper) -> bool {
        MysqlQueryBuilder.well_known_left_associative(op)
    }
}

#[cfg(test)]
mod tests {
    use sea_query::{Alias, Query};

    use super::*;

    fn written(condition: Expr) -> String {
        let mut select = Query::select();
        select.column("id").from("apps").and_where(condition);
        let (sql, values) = select.build(ByBytes);
        let (_, usual) = select.build(MysqlQueryBuilder);
        assert!(values.0.len() >= usual.0.len());
        sql.split_once("WHERE ").map(|(_, condition)| condition.to_owned()).unwrap()
    }

    #[test]
    fn texts_are_compared_by_their_bytes_and_nothing_else_is() {
        let name = || Expr::col(Alias::new("name"));
        let both = "(`name` = ? AND CAST(CONVERT(`name` USING utf8mb4) AS BINARY) = CAST(? AS BINARY))";
        assert_eq!(written(name().eq("a")), both);
        assert_eq!(written(name().eq("a").or(name().is_null())), format!("{both} OR `name` IS NULL"));
        assert_eq!(written(name().eq("a").not()), format!("NOT {both}"));
        assert_eq!(written(name().ne("a")), "CAST(CONVERT(`name` USING utf8mb4) AS BINARY) <> CAST(? AS BINARY)");
        assert_eq!(
            written(name().is_in(["a", "b"])),
            "(`name` IN (?, ?) AND CAST(CONVERT(`name` USING utf8mb4) AS BINARY) IN (CAST(? AS BINARY), CAST(? AS BINARY)))"
        );
        assert_eq!(written(name().eq(1)), "`name` = ?");
        assert_eq!(written(name().eq(None::<String>)), "`name` = ?");
        assert_eq!(written(same_key("name", "a")), "? = `name`");
        let mut inner = Query::select();
        inner.column("id").from("company").and_where(name().eq("a"));
        assert_eq!(
            written(Expr::col("id").in_subquery(inner)),
            format!("`id` IN (SELECT `id` FROM `company` WHERE {both})")
        );
    }
}
