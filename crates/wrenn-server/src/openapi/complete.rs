//! What every operation has in common is said once here: who may call it, and how it fails.

use utoipa::{
    Modify,
    openapi::{
        Content, OpenApi, Ref, RefOr, Response,
        path::Operation,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

/// Adds credentials and failures to the document.
pub(super) struct Complete;

impl Modify for Complete {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(
            "apiKeyAuth",
            SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::with_description(
                "X-API-Key",
                "An API key, as in wrn_….",
            ))),
        );
        components.add_security_scheme(
            "bearerAuth",
            SecurityScheme::Http(
                HttpBuilder::new()
                    .scheme(HttpAuthScheme::Bearer)
                    .description(Some("An API key as a bearer token."))
                    .build(),
            ),
        );
        let either =
            ["apiKeyAuth", "bearerAuth"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
        document.security = Some(either.into());
        for (path, item) in &mut document.paths.paths {
            for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete]
            {
                if let Some(operation) = operation.as_mut().filter(|_| path.starts_with("/v1/")) {
                    add_failures(path, operation);
                }
            }
        }
    }
}

fn add_failures(path: &str, operation: &mut Operation) {
    let in_capsule = path.starts_with("/v1/capsules/{id}/");
    let named = path.contains('{');
    let body = operation.request_body.is_some();
    // Only what says so itself is open to everybody.
    let closed = operation.security.is_none();
    let failures = [
        (true, "400", "Something in the request is malformed"),
        (closed, "401", "The credential is missing, wrong or expired"),
        (named || body, "404", "There is no such thing, or it belongs to another team"),
        (in_capsule || body, "409", "The state of things does not allow it"),
        (body, "413", "The body is too large"),
        (true, "500", "The server failed"),
        (in_capsule, "502", "The capsule's agent failed"),
        (in_capsule || body, "503", "There is no room, or the host does not answer"),
    ];
    for (_, status, description) in failures.into_iter().filter(|(applies, ..)| *applies) {
        let mut response = Response::new(description);
        let content = Content::new(Some(RefOr::Ref(Ref::from_schema_name("Error"))));
        response.content.insert("application/json".to_owned(), content);
        operation.responses.responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}
