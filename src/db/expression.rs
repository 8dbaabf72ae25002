//! Expressions that statements of every part need, each named for what it means.

use sea_query::{Asterisk, CaseStatement, Expr, ExprTrait, Func, IntoColumnRef, IntoCondition, Value};

/// How many rows there are.
pub fn row_count() -> Expr {
    Expr::col(Asterisk).count()
}

/// How many of the rows fulfil `condition`.
pub fn count_if(condition: impl IntoCondition) -> Expr {
    let one: Expr = CaseStatement::new().case(condition, literal(1)).into();
    one.count()
}

/// A value that stands in the statement itself, and so has the type that its place asks for, and is known to whoever plans it.
pub fn literal(value: impl Into<Value>) -> Expr {
    Expr::Constant(value.into())
}

/// How many bytes a value has; none where there is no value.
pub fn byte_length(column: impl IntoColumnRef) -> Expr {
    Func::coalesce([Func::cust("octet_length").arg(Expr::col(column)).into(), literal(0)]).into()
}

/// Does a row refer to none by this column? The suite writes '' for an id that is not set.
pub fn refers_to_none(column: impl IntoColumnRef) -> Expr {
    Expr::from(Func::coalesce([Expr::col(column), literal(0)])).add(literal(0)).eq(literal(0))
}

/// Does this column hold the id of a row of `table`? The condition of a join.
pub fn refers_to(column: (&'static str, &'static str), table: &'static str) -> Expr {
    Expr::col((table, "id")).equals(column)
}

/// The first characters of a text.
pub fn beginning(column: impl IntoColumnRef, characters: u64) -> Expr {
    Func::cust("substr").arg(Expr::col(column)).arg(literal(1)).arg(literal(characters)).into()
}
