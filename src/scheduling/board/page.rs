//! The board as a page.

use super::queues::Waits;
use super::{Band, Board, BoardFilter, HandRow, PersonRow, QueueRow, WaitingView, board};
use crate::api::looking;
use crate::pages::kind_words;
use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use rules::Instant;
use rules::access::{Right, may};
use rules::ids::QueueId;
use std::collections::BTreeSet;
use web::{Answer, May, Shell};

#[derive(Template)]
#[template(path = "board.html")]
struct BoardPage {
    shell: Shell,
    board: Board,
    filter: BoardFilter,
    may_assign: bool,
}

/// The lead's board.
pub(crate) async fn page(
    may: May<may::ViewBoard>,
    filter: Query<BoardFilter>,
) -> Answer<HttpResponse> {
    let looking = looking(&may, *filter)?;
    let board = may.ops(async |tx| Box::pin(board(tx, &looking)).await).await?;
    web::html(&BoardPage {
        shell: Shell::new(&may, "Board", "/board").live(),
        board,
        filter: *filter,
        may_assign: may.principal().may(Right::AssignCharts),
    })
}

/// The address of a board that lists these charts.
fn address(queue: Option<QueueId>, band: Option<Band>) -> String {
    let queue = queue.map(|queue| format!("queue={queue}"));
    let band = band.map(|band| format!("band={}", band.as_str()));
    let asked: Vec<_> = queue.into_iter().chain(band).collect();
    if asked.is_empty() { "/board".to_owned() } else { format!("/board?{}", asked.join("&")) }
}

impl BoardPage {
    const fn bands() -> [Band; 4] {
        Band::ALL
    }

    /// Where a cell of the queues' table leads.
    fn to(queue: &QueueRow, band: &Band) -> String {
        address(Some(queue.queue_id), Some(*band))
    }

    fn is_listed(&self, queue: &QueueRow, band: Option<Band>) -> bool {
        self.filter.queue == Some(queue.queue_id) && self.filter.band == band
    }

    /// What waits in one band of every queue.
    fn across(&self, band: &Band) -> Waits {
        let cells = self.board.queues.iter().map(|queue| queue.waits(*band));
        cells.fold(Waits::default(), Waits::and)
    }

    fn everything(&self) -> Waits {
        let totals = self.board.queues.iter().map(|queue| queue.total);
        totals.fold(Waits::default(), Waits::and)
    }

    /// What the list of waiting charts is narrowed to, in words.
    fn narrowed_to(&self) -> Option<String> {
        let queue = self.filter.queue.map(|queue| {
            let named = self.board.queues.iter().find(|row| row.queue_id == queue);
            named.map_or_else(|| "one queue".to_owned(), |row| row.queue.clone())
        });
        let band = self.filter.band.map(|band| band.words().to_lowercase());
        let words: Vec<_> = queue.into_iter().chain(band).collect();
        (!words.is_empty()).then(|| words.join(" · "))
    }

    fn listed(&self, band: &Band) -> Vec<&WaitingView> {
        self.board.waiting.iter().filter(|chart| chart.band == *band).collect()
    }

    /// How many of a band wait in what the list is narrowed to, where not all of them are listed.
    fn of_more(&self, band: &Band, listed: usize) -> Option<i64> {
        let shown = |queue: &&QueueRow| self.filter.queue.is_none_or(|only| only == queue.queue_id);
        let queues = self.board.queues.iter().filter(shown);
        let all: i64 = queues.map(|queue| queue.waits(*band).charts()).sum();
        i64::try_from(listed).is_ok_and(|listed| listed < all).then_some(all)
    }

    fn here(&self) -> Vec<&PersonRow> {
        self.board.people.iter().filter(|person| person.on_shift_until.is_some()).collect()
    }

    /// Those who are off, whoever comes next first.
    fn away(&self) -> Vec<&PersonRow> {
        let off = |person: &&PersonRow| person.on_shift_until.is_none();
        let mut away: Vec<_> = self.board.people.iter().filter(off).collect();
        away.sort_by_key(|person| (person.next_shift_at.is_none(), person.next_shift_at));
        away
    }

    fn idle(&self) -> usize {
        self.board.people.iter().filter(|person| person.is_idle()).count()
    }

    fn teams(&self) -> BTreeSet<&str> {
        let teams = self.board.people.iter().map(|person| person.team.as_str());
        teams.filter(|team| !team.is_empty()).collect()
    }

    fn countries(&self) -> BTreeSet<&str> {
        self.board.people.iter().filter_map(|person| person.country.as_deref()).collect()
    }

    fn skills(&self) -> BTreeSet<&str> {
        let people = self.board.people.iter();
        people.flat_map(|person| person.skills.iter().map(String::as_str)).collect()
    }

    /// How well somebody is supplied, for those who are at work.
    fn supply(&self, person: &PersonRow) -> &'static str {
        const SCARCE_PART: i64 = 3;
        let reserve = i64::from(self.board.reserve_minutes);
        if person.paused || person.queued_minutes >= reserve {
            ""
        } else if person.open_work == 0 {
            "bad"
        } else if person.queued_minutes.saturating_mul(SCARCE_PART) < reserve {
            "warn"
        } else {
            ""
        }
    }

    /// When a shift ends, where that is within a day.
    fn ends(&self, person: &PersonRow) -> Option<Instant> {
        const DAY_SECONDS: i64 = 86_400;
        let near = |until: &Instant| until.seconds_since(self.board.at) < DAY_SECONDS;
        person.on_shift_until.filter(near)
    }

    /// Whether somebody has more before them than their shift is long.
    fn is_over(&self, person: &PersonRow) -> bool {
        const SECONDS_PER_MINUTE: i64 = 60;
        person.on_shift_until.is_some_and(|until| {
            let left = until.seconds_since(self.board.at);
            person.queued_minutes.saturating_mul(SECONDS_PER_MINUTE) > left
        })
    }
}

/// Where a chart in hand stands, where that is not plain from the work itself.
const fn hand_words(row: &HandRow) -> &'static str {
    if row.begun { "begun" } else { "offered" }
}
