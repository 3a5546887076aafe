//! What every page shares: its frame, its navigation, its words for times and people.

use crate::problem::Failure;
use crate::proof::{May, Principal};
use crate::{assets, sessions};
use actix_web::HttpResponse;
use askama::Template;
use base::Error;
use rules::access::Right;

/// One entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its words.
    pub label: &'static str,
    /// The key that opens it, after `g`.
    pub key: &'static str,
}

/// Every entry with the right it needs: pages draw only what the permission table allows.
const NAVIGATION: &[(Right, NavItem)] = &[
    (Right::UploadCharts, NavItem { href: "/upload", label: "Upload", key: "u" }),
    (Right::ViewOwnCharts, NavItem { href: "/charts", label: "Charts", key: "c" }),
    (Right::ViewOwnCharts, NavItem { href: "/missing", label: "To answer", key: "h" }),
    (Right::ManageFacilityUsers, NavItem { href: "/guidelines", label: "Guidelines", key: "i" }),
    (Right::CollectReturns, NavItem { href: "/returns", label: "Returns", key: "r" }),
    (Right::AnswerQueries, NavItem { href: "/queries", label: "My questions", key: "q" }),
    (Right::ManageOwnQueries, NavItem { href: "/queries/facility", label: "Questions", key: "e" }),
    (Right::TakeWork, NavItem { href: "/work", label: "My work", key: "w" }),
    (Right::ViewBoard, NavItem { href: "/board", label: "Board", key: "b" }),
    (Right::ViewBoard, NavItem { href: "/questions", label: "Questions", key: "q" }),
    (Right::ViewBoard, NavItem { href: "/holds", label: "Holds", key: "h" }),
    (Right::ViewBoard, NavItem { href: "/forecast", label: "Forecast", key: "t" }),
    (Right::ViewMetrics, NavItem { href: "/metrics", label: "Metrics", key: "m" }),
    (Right::ViewFacilityMetrics, NavItem { href: "/metrics/facility", label: "Metrics", key: "m" }),
    (Right::ViewOwnMetrics, NavItem { href: "/metrics/mine", label: "My numbers", key: "n" }),
    (Right::ViewPeople, NavItem { href: "/people", label: "People", key: "p" }),
    (Right::ManageFacilityUsers, NavItem { href: "/users", label: "Users", key: "p" }),
    (Right::ViewFacilities, NavItem { href: "/facilities", label: "Facilities", key: "f" }),
    (Right::ViewCodeLists, NavItem { href: "/codes", label: "Code lists", key: "l" }),
    (Right::ReadAudit, NavItem { href: "/audit", label: "Audit", key: "a" }),
    (Right::Operate, NavItem { href: "/operate", label: "Operate", key: "o" }),
];

/// The frame of a page: templates extend `layout.html` and carry this as `shell`.
#[derive(Debug, Clone)]
pub struct Shell {
    /// The page's title.
    pub title: String,
    /// Who is signed in.
    pub name: String,
    /// Their roles in words.
    pub roles: String,
    /// Where they may go.
    pub navigation: Vec<NavItem>,
    /// Where they are, to mark the entry.
    pub here: &'static str,
    /// Proves that a request comes from this page.
    pub csrf: String,
    /// Whether the page looks again when something changes.
    pub live: bool,
    /// Whether the page fills the window (the workspace).
    pub full: bool,
    /// Where scripts, styles and icons are.
    pub assets: String,
    /// The first letters of the name.
    pub initials: String,
}

impl Shell {
    /// The frame for whoever asks; `here` is the navigation entry's address.
    #[must_use]
    pub fn new<R>(may: &May<R>, title: impl Into<String>, here: &'static str) -> Self {
        let principal = may.principal();
        let csrf = principal.session.map(|session| sessions::csrf(may.services(), session));
        Self {
            title: title.into(),
            name: principal.name.clone(),
            roles: roles_in_words(principal),
            navigation: navigation(principal),
            here,
            csrf: csrf.unwrap_or_default(),
            live: false,
            full: false,
            assets: assets::folder(),
            initials: initials(&principal.name),
        }
    }

    /// The same frame for a page that looks again when something changes.
    #[must_use]
    pub const fn live(mut self) -> Self {
        self.live = true;
        self
    }

    /// The same frame for a page that fills the window.
    #[must_use]
    pub const fn full(mut self) -> Self {
        self.full = true;
        self
    }
}

fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.take(2).flat_map(char::to_uppercase).collect()
}

fn roles_in_words(principal: &Principal) -> String {
    let words: Vec<_> = principal.roles.iter().map(|role| role.label()).collect();
    words.join(", ")
}

/// The entries that a principal may open, in the table's order, no address twice.
#[must_use]
pub fn navigation(principal: &Principal) -> Vec<NavItem> {
    NAVIGATION
        .iter()
        .filter(|(right, _)| principal.may(*right))
        .map(|(_, item)| item.clone())
        .collect()
}

/// Where somebody begins: the first entry of their navigation.
#[must_use]
pub fn home(principal: &Principal) -> &'static str {
    navigation(principal).first().map_or("/account", |item| item.href)
}

/// A template as an answer.
///
/// # Errors
/// When the template cannot be rendered.
pub fn html(page: &impl Template) -> Result<HttpResponse, Failure> {
    let body = page.render().map_err(Error::internal)?;
    Ok(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(body))
}
