//! Next against the rules: in random worlds it gives the very chart that `rules::eligibility` and the
//! planner's order name, and nothing when they name none.

use crate::support::{TestApp, cluster};
use base::private_postgres::DATABASE;
use rules::Instant;
use rules::eligibility::{Person, QueueTerms, Work, check, check_safety};
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::planner::fairness::Share;
use rules::planner::urgency::{Slack, Urgency};
use rules::planner::{Sticky, WaitingChart};
use rules::words::{AssignmentKind, WorkType};
use serde_json::json;
use std::collections::HashMap;
use std::fmt::Write;
use uuid::Uuid;

const WORLDS: u64 = 120;
const CHARTS: u64 = 20;
const NOW: &str = "2026-03-03T15:00:00Z";

/// The same numbers for the same world (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
    fn one_in(&mut self, sides: u64) -> bool {
        self.below(sides) == 0
    }
    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let sides = u64::try_from(of.len()).unwrap();
        &of[usize::try_from(self.below(sides)).unwrap()]
    }
}

/// A chart as the test made it; what hangs on it is read from here, never from the product.
#[derive(Clone, Debug)]
struct Made {
    row: WaitingChart,
    facility: FacilityId,
    queue: QueueId,
    due: Option<i64>,
    /// Offered to the person, at this place among their offers.
    offered: Option<i64>,
    waits: bool,
}

struct World {
    terms: HashMap<QueueId, (QueueTerms, QueueTerms)>,
    lanes: Vec<(FacilityId, QueueId)>,
    weights: HashMap<FacilityId, u32>,
}

impl World {
    /// What a facility has in hand: what is offered, and what was given.
    fn share(&self, facility: FacilityId, charts: &[Made]) -> Share {
        let held = charts.iter().filter(|made| made.facility == facility && !made.waits);
        let in_hand_seconds = held.map(|made| u64::from(made.row.expected_seconds)).sum();
        Share { weight: self.weights[&facility], in_hand_seconds }
    }
}

async fn queues(app: &TestApp, other: &TestApp) {
    for (number, app) in [app, other, app].into_iter().enumerate() {
        let terms = move |terms: &mut facilities::NewQueue| match number {
            0 => terms.required_skills = vec!["ed".into()],
            1 => terms.required_credentials = vec!["CPC".into()],
            _ => {
                terms.preferred_skills = vec!["cardiology".into()];
                terms.allowed_countries = vec!["US".into(), "PH".into()];
            }
        };
        app.new_queue(&format!("Queue {number}"), WorkType::EdFacility, terms).await;
    }
    other.new_queue("Onshore", WorkType::EdFacility, |terms| terms.onshore_only = true).await;
}

/// Somebody with everything that may keep work from them, at odds that leave most worlds some work.
fn person_sql(dice: &mut Dice, id: PersonId, facilities: [FacilityId; 2]) -> String {
    let roles = *dice.pick(&["{coder}", "{coder,reviewer}", "{reviewer}", "{coder,qa_lead}"]);
    let country = *dice.pick(&["'US'", "'PH'", "'IN'", "'US'", "null"]);
    let attested = *dice.pick(&["'2030-01-01'", "'2026-03-03'", "'2030-01-01'", "'2026-03-02'"]);
    let (active, paused) = (!dice.one_in(20), dice.one_in(20));
    let (wip, speed) = (2 + dice.below(6), *dice.pick(&["null", "null", "80", "133"]));
    let mut sql = format!(
        "insert into app.people (id, email, name, roles, country, attested_until, active, paused, \
         wip_limit, speed_percent, time_zone, created_at) values ('{id}', '{id}@example.com', 'Somebody', \
         '{roles}', {country}, {attested}, {active}, {paused}, {wip}, {speed}, 'UTC', '{NOW}');"
    );
    for (odds, skill) in [(4, "ed"), (2, "cardiology")] {
        if !dice.one_in(odds) {
            write!(sql, "insert into app.person_skills values ('{id}', '{skill}');").unwrap();
        }
    }
    if !dice.one_in(4) {
        let expires = *dice.pick(&["null", "'2026-03-03'", "'2026-03-02'", "null"]);
        write!(sql, "insert into app.person_credentials values ('{id}', 'CPC', {expires});")
            .unwrap();
    }
    // Monday is 0; the world's day is a Tuesday, 15:00 is minute 900.
    if !dice.one_in(15) {
        let ends = *dice.pick(&[1_440, 1_440, 980, 920]);
        write!(sql, "insert into app.shifts values ('{id}', 1, 480, {ends});").unwrap();
    }
    for facility in facilities {
        if !dice.one_in(5) {
            write!(sql, "insert into app.allow_list values ('{facility}', '{id}', null, '{NOW}');")
                .unwrap();
        }
    }
    sql
}

fn made(dice: &mut Dice, world: &World, me: PersonId, place: i64) -> Made {
    let now: Instant = NOW.parse().unwrap();
    let (facility, queue) = *dice.pick(&world.lanes);
    let kind =
        *dice.pick(&[AssignmentKind::Coding, AssignmentKind::Coding, AssignmentKind::Review]);
    let offered = dice.one_in(12).then_some(place);
    let due = (!dice.one_in(8)).then(|| i64::try_from(dice.below(24)).unwrap() * 3_600 - 7_200);
    let other = PersonId::new();
    let sticky = dice.one_in(6).then(|| Sticky {
        person: *dice.pick(&[me, other]),
        until: now.plus_seconds(*dice.pick(&[-60, 0, 3_600])),
    });
    let mut involved = Vec::new();
    if kind == AssignmentKind::Review {
        involved.push((if dice.one_in(3) { me } else { other }, AssignmentKind::Coding));
    } else if dice.one_in(5) {
        // A coding that came back from its reviewer.
        involved.push((other, AssignmentKind::Coding));
        involved.push((if dice.one_in(2) { me } else { other }, AssignmentKind::Review));
    }
    let row = WaitingChart {
        id: ChartId::new(),
        kind,
        expected_seconds: *dice.pick(&[300, 300, 1_260, 3_000]),
        due_at: due.map(|seconds| now.plus_seconds(seconds)),
        priority: *dice.pick(&[3, 5]),
        ready_at: now.plus_seconds(-60 * i64::try_from(1 + dice.below(3)).unwrap()),
        sticky,
        involved,
        excluded: if dice.one_in(6) { vec![me] } else { vec![other] },
    };
    Made { row, facility, queue, due, offered, waits: offered.is_none() }
}

fn chart_sql(made: &Made, me: PersonId) -> String {
    let Made { row, facility, queue, offered, .. } = made;
    let text = |at: Option<Instant>| at.map_or("null".to_owned(), |at| format!("'{at}'"));
    let (state, waiting) = match (row.kind, offered) {
        (AssignmentKind::Coding, Some(_)) => ("assigned", "null".to_owned()),
        (_, Some(_)) => ("in_review", "null".to_owned()),
        (AssignmentKind::Coding, None) if row.involved.is_empty() => {
            ("ready", "'coding'".to_owned())
        }
        (AssignmentKind::Coding, None) => ("findings_open", "'coding'".to_owned()),
        (_, None) => ("in_review", "'review'".to_owned()),
    };
    let sticky = row.sticky.map(|sticky| sticky.person);
    let sticky = sticky.map_or("null".to_owned(), |person| format!("'{person}'"));
    let mut sql = format!(
        "insert into app.charts (facility_id, id, queue_id, state, waiting_for, version, priority, \
         expected_seconds, coding_version, received_at, ready_at, due_at, sticky_person_id, sticky_until, \
         received_by) values ('{facility}', '{}', '{queue}', '{state}', {waiting}, 4, {}, {}, {}, '{NOW}', \
         '{}', {}, {sticky}, {}, '{}');",
        row.id,
        row.priority,
        row.expected_seconds,
        i32::from(!row.involved.is_empty()),
        row.ready_at,
        text(row.due_at),
        text(row.sticky.map(|sticky| sticky.until)),
        Uuid::nil(),
    );
    let mut lease = |person: PersonId, kind: AssignmentKind, state: &str, at: i64| {
        let ended = if state == "submitted" { format!("'{NOW}'") } else { "null".to_owned() };
        write!(
            sql,
            "insert into app.assignments (facility_id, id, chart_id, queue_id, kind, person_id, state, \
             epoch, expected_seconds, offered_at, lease_expires_at, ended_at) values ('{facility}', \
             '{}', '{}', '{queue}', '{kind}', '{person}', '{state}', 1, {}, \
             '{NOW}'::timestamptz + {at} * interval '1 ms', '{NOW}', {ended});",
            Uuid::now_v7(), row.id, row.expected_seconds,
        )
        .unwrap();
    };
    for (person, kind) in &row.involved {
        lease(*person, *kind, "submitted", 0);
    }
    if let Some(place) = offered {
        lease(me, row.kind, "offered", *place);
    }
    for person in &row.excluded {
        let key = format!("'{facility}', '{}', '{person}'", row.id);
        write!(sql, "insert into app.exclusions values ({key}, 'test', '{NOW}');").unwrap();
    }
    sql
}

/// What the rules say: an own offer, else what is kept, else the most urgent.
fn expected(world: &World, person: &Person, charts: &[Made], now: Instant) -> Option<ChartId> {
    let last = i64::MAX;
    let work = |made: &Made| {
        let WaitingChart { kind, expected_seconds, .. } = made.row;
        (kind, expected_seconds)
    };
    let offers = charts.iter().filter(|made| {
        let (kind, expected_seconds) = work(made);
        let WaitingChart { involved, excluded, .. } = &made.row;
        let work = Work { kind, expected_seconds, involved, excluded };
        made.offered.is_some()
            && check_safety(person, &world.terms[&made.queue].1, &work, now).is_ok()
    });
    if let Some(made) = offers.min_by_key(|made| (made.due.unwrap_or(last), made.offered)) {
        return Some(made.row.id);
    }
    let may: Vec<&Made> = charts
        .iter()
        .filter(|made| {
            let (kind, expected_seconds) = work(made);
            let WaitingChart { involved, excluded, .. } = &made.row;
            let work = Work { kind, expected_seconds, involved, excluded };
            made.waits && check(person, &world.terms[&made.queue].0, &work, now).is_ok()
        })
        .collect();
    let kept = |made: &&&Made| made.row.sticky.filter(|sticky| sticky.until >= now);
    let mine = may.iter().filter(|made| kept(made).is_some_and(|kept| kept.person == person.id));
    let kept_first = |made: &&&Made| (made.due.unwrap_or(last), made.row.priority, made.row.id);
    if let Some(made) = mine.min_by_key(kept_first) {
        return Some(made.row.id);
    }
    let free: Vec<&&Made> = may.iter().filter(|made| kept(made).is_none()).collect();
    let turn = |made: &Made| world.share(made.facility, charts).start();
    let order = |made: &&&&Made| {
        let WaitingChart { priority, ready_at, id, kind, .. } = made.row;
        let (due, is_coding) = (made.due.unwrap_or(last), kind == AssignmentKind::Coding);
        (Slack::of(&made.row, now), priority, turn(made), due, is_coding, ready_at, id)
    };
    let first = free.iter().min_by_key(order)?;
    // Of one kind of work, this is the planner's own order.
    let alike = free.iter().filter(|made| made.row.kind == first.row.kind);
    let urgency = |made: &&Made| Urgency::of(&made.row, made.queue, now).at_turn(turn(made));
    assert!(alike.into_iter().all(|made| urgency(first) <= urgency(made)));
    Some(first.row.id)
}

/// The person as the product loads them, with the load that the test knows they have.
async fn person(app: &TestApp, id: PersonId) -> Person {
    let scope = app.system();
    let load = async |tx: &mut base::db::OpsTx| {
        let mut person = people::candidate(tx, id).await?;
        let held = charts::leases::held_by(tx, id).await?;
        person.open_work = u32::try_from(held.len()).unwrap();
        let seconds = held.iter().map(|lease| u32::try_from(lease.expected_seconds).unwrap()).sum();
        person.queued_seconds = u32::try_from(person.seconds_for(seconds)).unwrap();
        Ok(person)
    };
    app.services.db.ops(&scope, load).await.unwrap()
}

#[actix_web::test]
async fn next_gives_what_the_rules_allow_and_the_most_urgent_of_it_in_any_world() {
    let app = TestApp::new().await;
    let other = app.neighbour().await;
    queues(&app, &other).await;
    let owner = cluster().await.connect(DATABASE, "postgres").await;
    let facilities = [app.facility, other.facility];
    let terms = async |tx: &mut base::db::OpsTx| facilities::all_terms(tx).await;
    let terms = app.services.db.ops(&app.system(), terms).await.unwrap();
    let terms = terms.iter().filter(|terms| facilities.contains(&terms.facility_id));
    let weights = HashMap::from([(facilities[0], 1), (facilities[1], 3)]);
    let weigh = format!("update app.facilities set weight = 3 where id = '{}'", facilities[1]);
    owner.batch_execute(&weigh).await.unwrap();
    let mut world = World { terms: HashMap::new(), lanes: Vec::new(), weights };
    for terms in terms {
        let both = (terms.eligibility(), terms.eligibility_of_holders());
        world.terms.insert(terms.queue_id, both);
        world.lanes.push((terms.facility_id, terms.queue_id));
    }
    world.lanes.sort_unstable();

    let (mut given, mut refused) = (0, 0);
    for seed in 0..WORLDS {
        let dice = &mut Dice(seed);
        let me = PersonId::new();
        let mut sql = person_sql(dice, me, facilities);
        let mut charts: Vec<Made> = Vec::new();
        for place in 0..CHARTS {
            charts.push(made(dice, &world, me, i64::try_from(place).unwrap()));
            sql.push_str(&chart_sql(charts.last().unwrap(), me));
        }
        owner.batch_execute(&sql).await.unwrap();
        app.services.clock().set(NOW.parse().unwrap());
        loop {
            // Whose turn it is may be a few seconds old; here it is asked each time.
            app.services.clock().advance_seconds(10);
            let now = app.services.clock().now();
            let person = person(&app, me).await;
            let scope = app.services.authority.vendor(me, false);
            let taken = scheduling::next(&app.services, &scope, me, None).await.unwrap();
            let named = expected(&world, &person, &charts, now);
            assert_eq!(
                taken.map(|taken| taken.chart_id),
                named,
                "world {seed}: {person:?} {charts:?}"
            );
            let Some(taken) = taken else { break };
            given += 1;
            let made = charts.iter_mut().find(|made| made.row.id == taken.chart_id).unwrap();
            assert_eq!((taken.kind, taken.facility_id), (made.row.kind, made.facility));
            (made.waits, made.offered) = (false, None);
        }
        refused += 1;
        let [one, two] = facilities;
        let of =
            |table| format!("delete from app.{table} where facility_id in ('{one}', '{two}');");
        let tables = ["exclusions", "assignments", "chart_events", "charts"];
        owner.batch_execute(&tables.map(of).concat()).await.unwrap();
    }
    assert!(given > 100 && refused == WORLDS, "{given} charts given: the worlds are too poor");
}

#[actix_web::test]
async fn what_next_writes_is_a_move_of_the_lifecycle_with_its_lease_and_its_entry() {
    let app = TestApp::new().await;
    let chart = super::upload(&app, 1).await.remove(0);
    let coder = app.vendor_person(&[rules::access::Role::Coder], "IN").await;
    let scope = app.services.authority.vendor(coder, false);
    let taken = scheduling::next(&app.services, &scope, coder, None).await.unwrap().unwrap();
    assert_eq!(taken.chart_id.to_string(), chart);
    let owner = cluster().await.connect(DATABASE, "postgres").await;
    let sql = format!(
        "select jsonb_build_object('state', c.state, 'waiting', c.waiting_for, 'version', c.version, \
         'action', e.action, 'from', e.from_state, 'to', e.to_state, 'by', e.actor_kind, \
         'actor', e.actor_id, 'at', e.at = a.offered_at, 'seq', e.seq, 'lease', a.state, \
         'holder', a.person_id, 'epoch', a.epoch, 'why', a.explanation, \
         'minutes', extract(epoch from a.lease_expires_at - a.started_at)::int / 60)::text \
         from app.charts c join app.assignments a on a.chart_id = c.id \
         join app.chart_events e on e.chart_id = c.id and e.seq = c.version where c.id = '{chart}'"
    );
    let row: serde_json::Value =
        serde_json::from_str(owner.query_one(&sql, &[]).await.unwrap().get(0)).unwrap();
    let minutes = app.services.config.leases.lease_minutes;
    assert_eq!(
        row,
        json!({
            "state": "in_progress", "waiting": null, "version": row["seq"], "action": "start",
            "from": "ready", "to": "in_progress", "by": "coder", "actor": coder, "at": true,
            "seq": row["version"], "lease": "active", "holder": coder, "epoch": 1,
            "why": { "by": "next", "because": "next" }, "minutes": minutes,
        })
    );
}

#[actix_web::test]
async fn what_was_remembered_of_a_person_ends_with_the_change_that_makes_it_untrue() {
    let app = TestApp::new().await;
    super::upload(&app, 3).await;
    let coder = app.vendor_person(&[rules::access::Role::Coder], "IN").await;
    let scope = app.services.authority.vendor(coder, false);
    let next = async || scheduling::next(&app.services, &scope, coder, None).await.unwrap();
    assert!(next().await.is_some());
    facilities::disallow(&app.services, &app.system(), app.facility, coder).await.unwrap();
    assert_eq!(next().await, None);
    facilities::allow(&app.services, &app.system(), app.facility, coder).await.unwrap();
    assert!(next().await.is_some());
    app.advance_minutes(5 * 365 * 24 * 60);
    assert_eq!(next().await, None, "the attestation has expired by the clock alone");
}

#[actix_web::test]
async fn a_repeated_request_is_given_the_same_chart_and_its_key_serves_nothing_else() {
    let app = TestApp::new().await;
    super::upload(&app, 2).await;
    let coder = app.vendor(&[rules::access::Role::Coder]).await;
    let scope = app.services.authority.vendor(coder.id, false);
    let path = "/api/v1/work/next";
    let ask = async |body| coder.client.post_once(path, body, "the-same-key").await;
    let first = ask(json!({ "kind": "coding" })).await.ok();
    assert!(first["taken"]["chart_id"].is_string(), "{first}");
    assert_eq!(ask(json!({ "kind": "coding" })).await.ok(), first);
    ask(json!({})).await.refused(409);
    assert!(scheduling::next(&app.services, &scope, coder.id, None).await.unwrap().is_some());
}

#[actix_web::test]
async fn facilities_take_turns_by_their_weight_where_their_charts_are_equally_urgent() {
    let app = TestApp::new().await;
    let other = app.neighbour().await;
    let owner = cluster().await.connect(DATABASE, "postgres").await;
    let weigh = format!("update app.facilities set weight = 3 where id = '{}'", other.facility);
    owner.batch_execute(&weigh).await.unwrap();
    // All of one facility's are due before all of the other's.
    super::upload(&app, 8).await;
    super::upload(&other, 8).await;
    let mut given = [0, 0];
    for _ in 0..8 {
        let coder = app.vendor_person(&[rules::access::Role::Coder], "US").await;
        facilities::allow(&app.services, &app.system(), other.facility, coder).await.unwrap();
        let scope = app.services.authority.vendor(coder, false);
        let taken = scheduling::next(&app.services, &scope, coder, None).await.unwrap().unwrap();
        given[usize::from(taken.facility_id == other.facility)] += 1;
    }
    assert_eq!(given, [2, 6]);
}
