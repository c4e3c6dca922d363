//! Lists capsules.

use axum::{extract::State, response::AppendHeaders};
use http::Uri;
use wrenn_api::{Capsule, CapsuleStatus, ListCapsulesQuery, NEXT_CURSOR_HEADER};

use crate::{
    app::App,
    auth::Authorized,
    error::{ApiError, Result},
    extract::pairs,
};

/// A page's headers, if another one follows.
type Next = AppendHeaders<Option<(&'static str, String)>>;

/// List the team's capsules, newest first; stopped ones only when asked for by status.
///
/// Notes filter as `metadata.KEY=VALUE`. A page that is not the last has the header `X-Next-Cursor`.
#[utoipa::path(
    get, path = "/v1/capsules", operation_id = "listCapsules", tag = "capsules",
    params(
        ("status" = Option<String>, Query, description = "Only this status; may be repeated, or several with commas"),
        ("limit" = Option<u32>, Query, minimum = 1, description = "The most capsules on a page"),
        ("cursor" = Option<String>, Query, description = "The X-Next-Cursor of the page before"),
    ),
    responses((status = 200, description = "The capsules", body = [Capsule])),
)]
pub(crate) async fn list_capsules(
    State(app): State<App>,
    Authorized(caller): Authorized,
    uri: Uri,
) -> Result<(Next, axum::Json<Vec<Capsule>>)> {
    let page = app.control.list_capsules(&caller.team_id, &parse(&uri)?).await?;
    let next = page.next_cursor.map(|cursor| (NEXT_CURSOR_HEADER, cursor));
    Ok((AppendHeaders(next), axum::Json(page.capsules)))
}

fn parse(uri: &Uri) -> Result<ListCapsulesQuery> {
    let mut query = ListCapsulesQuery::default();
    for (key, value) in pairs(uri)? {
        match key.as_str() {
            "status" => {
                for name in value.split(',').filter(|name| !name.is_empty()) {
                    query.status.push(name.parse().map_err(|_| unknown_status(name))?);
                }
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| *limit > 0);
                query.limit = Some(limit.ok_or_else(|| ApiError::invalid("Give limit as a number from 1."))?);
            }
            "cursor" => query.cursor = Some(value),
            _ => {
                if let Some(key) = key.strip_prefix("metadata.") {
                    query.metadata.insert(key.to_owned(), value);
                }
            }
        }
    }
    Ok(query)
}

fn unknown_status(name: &str) -> ApiError {
    let all = CapsuleStatus::ALL.map(CapsuleStatus::as_str).join(", ");
    ApiError::invalid(format!("Choose a status that exists instead of {name:?}: {all}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_from_the_query() {
        let uri =
            "/?status=running,paused&status=error&metadata.a=1%202&limit=5&cursor=x&other=y".parse().unwrap();
        let query = parse(&uri).unwrap();
        assert_eq!(query.status, [CapsuleStatus::Running, CapsuleStatus::Paused, CapsuleStatus::Error]);
        assert_eq!(query.metadata.into_iter().collect::<Vec<_>>(), [("a".to_owned(), "1 2".to_owned())]);
        assert_eq!((query.limit, query.cursor.as_deref()), (Some(5), Some("x")));
        for bad in ["/?limit=0", "/?limit=x", "/?status=gone"] {
            assert!(parse(&bad.parse().unwrap()).is_err(), "{bad}");
        }
    }
}
