//! Wordings to begin with: the product's own and the facility's, each with its version.

use crate::schema::query_templates;
use base::db::{FacilityTx, WorkTx};
use base::error::{Error, FieldError, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::edits::EditSeverity;
use rules::ids::{FacilityId, PersonId, QueryTemplateId};
use rules::query::{BUILT_IN, OPTIONS_MAX, QueryKind, YesNoUse, check_wording};
use rules::words::WorkType;
use serde::{Deserialize, Serialize};

/// Longest name, in characters.
const NAME_CHARACTERS_MAX: usize = 80;
/// Versions that are loaded at once, at most.
const VERSIONS_MAX: i64 = 2_000;

/// A wording to begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueryTemplate {
    /// What a question that was begun from it says: its name and version.
    pub reference: String,
    /// The facility's own id; none for one that comes with the product.
    pub id: Option<QueryTemplateId>,
    /// Counts its wordings.
    pub version: i32,
    /// Its name.
    pub name: String,
    /// How it is answered.
    pub kind: QueryKind,
    /// What a yes/no question is for.
    pub about: Option<YesNoUse>,
    /// The title.
    pub title: String,
    /// The question.
    pub text: String,
    /// The choices to begin with.
    pub options: Vec<String>,
    /// The kind of work that it is for; none for all.
    pub work_type: Option<WorkType>,
}

/// A facility's own wording, as it is given.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQueryTemplate {
    /// Its name.
    pub name: String,
    /// How it is answered.
    pub kind: QueryKind,
    /// What a yes/no question is for.
    #[serde(default)]
    pub about: Option<YesNoUse>,
    /// The title.
    pub title: String,
    /// The question.
    pub text: String,
    /// The choices to begin with.
    #[serde(default)]
    pub options: Vec<String>,
    /// The kind of work that it is for; none for all.
    #[serde(default)]
    pub work_type: Option<WorkType>,
    /// The wording that it replaces.
    #[serde(default)]
    pub replaces: Option<QueryTemplateId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = query_templates, check_for_backend(diesel::pg::Pg))]
struct TemplateRow {
    facility_id: FacilityId,
    id: QueryTemplateId,
    version: i32,
    active: bool,
    name: String,
    work_type: Option<WorkType>,
    kind: QueryKind,
    about: Option<YesNoUse>,
    title: String,
    question: String,
    options: Vec<String>,
    made_at: Instant,
    made_by: PersonId,
}

impl From<TemplateRow> for QueryTemplate {
    fn from(row: TemplateRow) -> Self {
        Self {
            reference: format!("{}@{}", row.id, row.version),
            id: Some(row.id),
            version: row.version,
            name: row.name,
            kind: row.kind,
            about: row.about,
            title: row.title,
            text: row.question,
            options: row.options,
            work_type: row.work_type,
        }
    }
}

/// The wordings for a kind of work, the facility's own first.
pub(crate) async fn offered(
    tx: &mut WorkTx,
    facility: FacilityId,
    work_type: WorkType,
) -> QueryResult<Vec<QueryTemplate>> {
    let own = own(tx, facility).await?;
    let fits = |template: &QueryTemplate| template.work_type.is_none_or(|it| it == work_type);
    let built_in = BUILT_IN
        .iter()
        .filter(|it| it.work_types.is_empty() || it.work_types.contains(&work_type))
        .map(|it| QueryTemplate {
            reference: format!("{}@{}", it.id, it.version),
            id: None,
            version: it.version,
            name: it.name.to_owned(),
            kind: it.kind,
            about: it.about,
            title: it.title.to_owned(),
            text: it.text.to_owned(),
            options: it.options.iter().map(|&option| option.to_owned()).collect(),
            work_type: None,
        });
    Ok(own.into_iter().filter(fits).chain(built_in).collect())
}

/// A facility's own wordings that are in use, by name.
pub(crate) async fn own(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<Vec<QueryTemplate>> {
    let rows = latest(tx, facility).await?;
    let mut used: Vec<QueryTemplate> =
        rows.into_iter().filter(|row| row.active).map(QueryTemplate::from).collect();
    used.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(used)
}

/// The last version of each.
async fn latest(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<Vec<TemplateRow>> {
    query_templates::table
        .filter(query_templates::facility_id.eq(facility))
        .order((query_templates::id, query_templates::version.desc()))
        .distinct_on(query_templates::id)
        .limit(VERSIONS_MAX)
        .select(TemplateRow::as_select())
        .load(tx.conn())
        .await
}

/// Stores a wording, or a further version of one, for the transaction's facility.
///
/// # Errors
/// [`Error::Invalid`] with everything that a rule stands against; [`Error::NotFound`] when what it
/// replaces is
/// not there.
pub(crate) async fn store(tx: &mut FacilityTx, new: NewQueryTemplate) -> Result<QueryTemplate> {
    check(&new)?;
    let facility = tx.facility();
    let version = match new.replaces {
        None => 1,
        Some(id) => {
            let all = latest(tx, facility).await?;
            let replaced = all.iter().find(|row| row.id == id && row.active);
            replaced.ok_or(Error::NotFound)?.version.saturating_add(1)
        }
    };
    let row = TemplateRow {
        facility_id: facility,
        id: new.replaces.unwrap_or_default(),
        version,
        active: true,
        name: new.name.trim().to_owned(),
        work_type: new.work_type,
        kind: new.kind,
        about: new.about,
        title: new.title.trim().to_owned(),
        question: new.text.trim().to_owned(),
        options: new.options,
        made_at: tx.now(),
        made_by: tx.acting_person()?,
    };
    diesel::insert_into(query_templates::table).values(&row).execute(tx.conn()).await?;
    Ok(row.into())
}

/// Takes a wording out of use; its versions stay.
///
/// # Errors
/// [`Error::NotFound`] when it is not in use.
pub(crate) async fn retire(tx: &mut FacilityTx, id: QueryTemplateId) -> Result<()> {
    let facility = tx.facility();
    let all = latest(tx, facility).await?;
    let found = all.into_iter().find(|row| row.id == id && row.active).ok_or(Error::NotFound)?;
    let row = TemplateRow {
        version: found.version.saturating_add(1),
        active: false,
        made_at: tx.now(),
        made_by: tx.acting_person()?,
        ..found
    };
    diesel::insert_into(query_templates::table).values(&row).execute(tx.conn()).await?;
    Ok(())
}

fn check(new: &NewQueryTemplate) -> Result<()> {
    let mut fields = Vec::new();
    let mut fault = |name: &str, message: &str| {
        fields.push(FieldError { name: name.to_owned(), message: message.to_owned() });
    };
    let name = new.name.trim().chars().count();
    if name == 0 || name > NAME_CHARACTERS_MAX {
        fault("name", "between 1 and 80 characters");
    }
    if new.about.is_some() != (new.kind == QueryKind::YesNo) {
        fault("about", "say what a yes/no question is for, and only of one");
    }
    if new.kind != QueryKind::MultipleChoice && !new.options.is_empty() {
        fault("options", "this kind of question has no choices of its own");
    }
    if new.options.len() > OPTIONS_MAX {
        fault("options", "at most 8 choices");
    }
    for found in check_wording(new.kind, &new.title, &new.text, &new.options) {
        if found.severity == EditSeverity::Error {
            fault(&found.field, &found.message);
        }
    }
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid(fields)) }
}
