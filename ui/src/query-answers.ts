// What providers answered about the chart at hand, and what its coder says of it.
import { Problem } from "./api";
import { element } from "./dom";
import { showProblem } from "./faults";
import { attachTimes } from "./time";

export interface PastQuery {
    id: string;
    status: "open" | "answered" | "cancelled" | "closed";
    status_words: string;
    provider: string | null;
    question: { title: string; text: string };
    asked_at: string;
    answer: string | null;
    comment: string | null;
    answered_at: string | null;
    outcome: string | null;
    effect?: { effect: string; note: string };
}

export interface Conclusion {
    outcome: string;
    effect: string;
    note: string;
}

const OUTCOMES: [string, string][] = [
    ["agreed", "Agreed"],
    ["disagreed", "Disagreed"],
    ["no_opinion", "No opinion"],
];
const EFFECTS: [string, string][] = [
    ["unchanged", "Codes unchanged"],
    ["added", "A code added"],
    ["changed", "A code changed"],
    ["removed", "A code removed"],
];

type Conclude = (query: string, conclusion: Conclusion) => Promise<void>;

/** Draws the questions that were asked, the answered ones first. */
export function drawAnswered(place: HTMLElement, queries: PastQuery[], conclude: Conclude): void {
    const news = queries.filter(({ status }) => status === "answered");
    const rest = queries.filter(({ status }) => status !== "answered");
    place.hidden = queries.length === 0;
    place.replaceChildren(...news.map((query) => item(query, conclude)));
    if (rest.length > 0) {
        const earlier = element("details", {}, element("summary", {}, `Earlier questions (${rest.length})`));
        earlier.append(...rest.map((query) => item(query, conclude)));
        place.append(earlier);
    }
    attachTimes(place);
}

function item(query: PastQuery, conclude: Conclude): HTMLElement {
    const made = element("article", { class: "query-past" });
    const head = element("p", {}, element("strong", {}, query.question.title), " ");
    head.append(element("span", { class: "badge" }, query.status_words));
    made.append(head, element("p", { class: "small" }, query.question.text));
    if (query.answer) made.append(element("p", { class: "strong" }, query.answer));
    if (query.comment) made.append(element("p", {}, query.comment));
    const who = query.provider ?? "the facility names somebody";
    const at = query.answered_at ?? query.asked_at;
    const verb = query.answered_at ? "answered" : "asked";
    const when = element("time", { datetime: at }, at);
    made.append(element("p", { class: "small quiet" }, `${who}, ${verb} `, when));
    if (query.outcome) {
        const effect = EFFECTS.find(([value]) => value === query.effect?.effect)?.[1] ?? "";
        const words = [query.outcome.replace("_", " "), effect, query.effect?.note ?? ""];
        made.append(element("p", { class: "small" }, words.filter((word) => word !== "").join(" · ")));
    }
    if (query.status === "answered") made.append(form(query, conclude));
    return made;
}

function choice(name: string, label: string, values: [string, string][]): HTMLElement {
    const id = `query-${name}`;
    const select = element("select", { name, id, required: true });
    select.append(element("option", { value: "" }, "Choose …"));
    for (const [value, words] of values) select.append(element("option", { value }, words));
    return element("div", { class: "field" }, element("label", { for: id }, label), select);
}

function form(query: PastQuery, conclude: Conclude): HTMLFormElement {
    const note = element("input", { name: "note", id: "query-note", maxlength: "2000" });
    const label = element("label", { for: "query-note" }, "What it changes ");
    label.append(element("span", { class: "optional" }, "never shown to the provider"));
    const fields = element("div", { class: "fields" });
    fields.append(choice("outcome", "Outcome", OUTCOMES), choice("effect", "Effect on the codes", EFFECTS));
    const button = element("button", { class: "button small", type: "submit" }, "Record");
    const made = element("form", { class: "stack" }, fields);
    made.append(element("div", { class: "field" }, label, note), button);
    made.addEventListener("submit", (event) => {
        event.preventDefault();
        const data = new FormData(made);
        const text = (name: string) => String(data.get(name) ?? "");
        const said = { outcome: text("outcome"), effect: text("effect"), note: text("note") };
        button.disabled = true;
        conclude(query.id, said).catch((problem: unknown) => {
            if (!(problem instanceof Problem)) throw problem;
            button.disabled = false;
            showProblem(made, problem);
        });
    });
    return made;
}
