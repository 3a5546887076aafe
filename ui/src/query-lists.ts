// Questions beside other things: on a facility's chart, and on a coder's list of work.
import { call, Problem } from "./api";
import { element } from "./dom";
import { toast } from "./toast";
import { attachTimes } from "./time";

interface ChartQuery {
    id: string;
    status: string;
    status_words: string;
    provider: string | null;
    question: { title: string; text: string };
    asked_at: string;
    reminded_at: string | null;
    escalated_at: string | null;
    answer: string | null;
    comment: string | null;
    answered_at: string | null;
}

interface AskedQuery {
    id: string;
    reference: string;
    facility: string;
    queue: string;
    asked_at: string;
    has_provider: boolean;
    reminded_at: string | null;
    escalated_at: string | null;
}

const REASONS = [
    ["found_in_record", "The record answers it"],
    ["no_longer_needed", "No longer needed"],
    ["asked_in_error", "Asked in error"],
] as const;

export function attachQueryLists(): void {
    for (const [selector, draw] of [
        ["[data-chart-queries]", drawOfChart],
        ["[data-asked-queries]", drawAsked],
    ] as const) {
        const root = document.querySelector<HTMLElement>(selector);
        if (root) void fill(root, draw);
    }
}

/** A list that can't be had is left out: the page stands without it. */
async function fill(root: HTMLElement, draw: (root: HTMLElement) => Promise<void>): Promise<void> {
    try {
        await draw(root);
        attachTimes(root);
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        root.replaceChildren();
    }
}

function card(title: string, beside: string, ...children: Node[]): HTMLElement {
    const head = element("div", { class: "card-head" }, element("h2", {}, title));
    if (beside !== "") head.append(element("span", { class: "small quiet" }, beside));
    return element("section", { class: "card" }, head, ...children);
}

function ago(at: string): HTMLElement {
    return element("time", { datetime: at, "data-time": "relative" }, at);
}

function badge(query: { reminded_at: string | null; escalated_at: string | null }): HTMLElement | string {
    if (query.escalated_at) return element("span", { class: "badge", "data-tone": "bad" }, "unanswered");
    if (query.reminded_at) return element("span", { class: "badge", "data-tone": "warn" }, "reminded");
    return "";
}

async function drawOfChart(root: HTMLElement): Promise<void> {
    const chart = root.dataset.chartQueries ?? "";
    const queries = await call<ChartQuery[]>("GET", `/api/v1/charts/${chart}/queries`);
    if (queries.length === 0) return;
    const list = element("div", { class: "card-body stack" });
    for (const query of queries) {
        const { title, text } = query.question;
        const head = element("p", {}, element("strong", {}, title), " ");
        head.append(element("span", { class: "badge" }, query.status_words), " ");
        if (query.status === "open") head.append(badge(query));
        const who = query.provider ?? "nobody is named yet";
        const asked = element("p", { class: "small quiet" }, `${who}, asked `, ago(query.asked_at));
        const item = element("div", {}, head, element("p", {}, text));
        if (query.answer) item.append(element("p", {}, element("strong", {}, "Answer: "), query.answer));
        if (query.comment) item.append(element("p", {}, query.comment));
        if (query.answered_at) asked.append(", answered ", ago(query.answered_at));
        item.append(asked);
        list.append(item);
    }
    root.replaceChildren(card("Questions to providers", "", list));
}

async function drawAsked(root: HTMLElement): Promise<void> {
    const queries = await call<AskedQuery[]>("GET", "/api/v1/asked-queries");
    if (queries.length === 0) {
        root.replaceChildren();
        return;
    }
    const rows = element("tbody");
    for (const query of queries) {
        const chart = element("th", { scope: "row", class: "code" }, query.reference);
        const where = element("td", {}, query.facility, element("span", { class: "small quiet" }, query.queue));
        const state = query.has_provider ? badge(query) : "the facility names somebody";
        const row = element("tr", {}, chart, where, element("td", {}, ago(query.asked_at)));
        row.append(element("td", {}, state), element("td", { class: "actions" }, takingBack(root, query)));
        rows.append(row);
    }
    const head = element("tr");
    for (const words of ["Chart", "Facility", "Asked", "State", "Take back"]) {
        head.append(element("th", { scope: "col" }, words));
    }
    const table = element("table", { class: "table dense" }, element("thead", {}, head), rows);
    const beside = "they come back to you when they are answered";
    root.replaceChildren(card("Your open questions", beside, element("div", { class: "table-frame" }, table)));
}

function takingBack(root: HTMLElement, query: AskedQuery): HTMLElement {
    const label = `Why the question about chart ${query.reference} is taken back`;
    const reason = element("select", { class: "input", "aria-label": label });
    reason.append(element("option", { value: "" }, "Why …"));
    for (const [value, words] of REASONS) reason.append(element("option", { value }, words));
    const button = element("button", { class: "button small", type: "submit" }, "Take back");
    const form = element("form", { class: "row" }, reason, button);
    form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (reason.value === "") reason.focus();
        else void takeBack(root, query, reason.value);
    });
    return form;
}

async function takeBack(root: HTMLElement, query: AskedQuery, reason: string): Promise<void> {
    try {
        await call("POST", `/api/v1/asked-queries/${query.id}/cancel`, { reason });
        toast("Taken back: the chart goes on.", "success");
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        toast(problem.message, "error");
    }
    await fill(root, drawAsked);
}
