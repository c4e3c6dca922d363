//! Files of a capsule.

pub(crate) mod list;
pub(crate) mod mkdir;
pub(crate) mod mv;
pub(crate) mod path;
pub(crate) mod range;
pub(crate) mod read;
pub(crate) mod remove;
pub(crate) mod stat;
pub(crate) mod upload;
pub(crate) mod watch;
pub(crate) mod write;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{KnownFormat, ObjectBuilder, RefOr, Schema, SchemaFormat, Type},
};

/// The content of a file, in the description of the API.
pub(crate) struct Content;

impl PartialSchema for Content {
    fn schema() -> RefOr<Schema> {
        let binary = SchemaFormat::KnownFormat(KnownFormat::Binary);
        ObjectBuilder::new().schema_type(Type::String).format(Some(binary)).into()
    }
}

impl ToSchema for Content {}
