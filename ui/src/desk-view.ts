// The parts of the desk that are drawn once and only read: encounter, queue, notes, what was sent back.
import { type Columns, type Note, type OpenChart, type ReviewFinding, foundCodes, systemName } from "./desk";
import { element } from "./dom";
import { attachTimes } from "./time";

/** How one likes to read, which says nothing of what is read. */
const FIXED_WIDTH_STORED_AS = "chartrelay.fixed-width";

const SEXES: Record<string, string> = { F: "female", M: "male", U: "sex unknown" };

/** A place in the page by its name. */
export function shown<E extends HTMLElement = HTMLElement>(name: string): E {
    const found = document.querySelector<E>(`[data-show="${name}"]`);
    if (!found) throw new Error(`the page has no place for ${name}`);
    return found;
}

/** Everything of a chart that does not change while it is on the desk. */
export function drawDesk(desk: OpenChart): void {
    shown("queue").textContent = `${desk.queue.facility} · ${desk.queue.name}`;
    reveal("work-type", desk.queue.work_type_label);
    if (desk.chart.round > 0) {
        const times = desk.chart.round === 1 ? "" : ` ${desk.chart.round} times`;
        reveal("round", `Sent back${times}`);
    }
    drawDue(desk.chart.due_at);
    drawEncounter(desk);
    drawColumns(desk.columns);
    drawNotes(desk.notes);
}

export function reveal(name: string, words: string): void {
    const place = shown(name);
    place.textContent = words;
    place.hidden = false;
}

function drawDue(due: string | null): void {
    if (!due) return;
    const place = shown("due");
    const hours = (Date.parse(due) - Date.now()) / 3_600_000;
    if (hours < 4) place.dataset.tone = hours < 0 ? "bad" : "warn";
    const time = element("time", { datetime: due, "data-time": "relative" });
    place.replaceChildren(hours < 0 ? "was due " : "due ", time);
    place.hidden = false;
    attachTimes(place);
}

function drawEncounter(desk: OpenChart): void {
    const { identity, service_date, discharge_date } = desk.encounter;
    const age = ageOn(service_date, identity.birth_date);
    const who = element(
        "div",
        { class: "encounter-who" },
        element("strong", {}, identity.patient_name),
        element("span", {}, `${SEXES[identity.sex] ?? identity.sex}, ${age}`),
        element("span", { class: "quiet" }, `born ${identity.birth_date}`),
    );
    const stay: [string, string] = discharge_date
        ? ["Stay", `${service_date} to ${discharge_date}`]
        : ["Service", service_date];
    const facts: [string, string][] = [
        ["MRN", identity.mrn],
        ["Account", identity.account_number],
        stay,
        ["Codes", desk.edition_certain ? desk.edition : `${desk.edition}, the nearest`],
    ];
    const list = element("dl", { class: "encounter-facts" });
    for (const [name, value] of facts) {
        list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value)));
    }
    shown("encounter").replaceChildren(who, list);
}

/** Adds to what is said of the encounter. */
export function addFact(name: string, value: string): void {
    const fact = element("div", {}, element("dt", {}, name), element("dd", {}, value));
    shown("encounter").querySelector("dl")?.append(fact);
}

/** Whole years, or months and days where years say too little. */
function ageOn(day: string, birth: string): string {
    const [y = 0, m = 0, d = 0] = day.split("-").map(Number);
    const [by = 0, bm = 0, bd = 0] = birth.split("-").map(Number);
    const months = (y - by) * 12 + (m - bm) - (d < bd ? 1 : 0);
    if (months >= 24) return `${Math.floor(months / 12)} years`;
    if (months >= 1) return `${months} month${months === 1 ? "" : "s"}`;
    const days = Math.round((Date.parse(day) - Date.parse(birth)) / 86_400_000);
    return `${days} day${days === 1 ? "" : "s"}`;
}

function drawColumns(columns: Columns): void {
    const head = (...names: [string, string][]) =>
        names.map(([name, kind]) => element("th", { scope: "col", class: kind }, name));
    const ends: [string, string][] = [
        ["Evidence", "evidence-cell"],
        ["", "actions"],
    ];
    const inpatient: [string, string][] = [
        ["Role", "role"],
        ["POA", "poa"],
    ];
    const services: [string, string][] = [
        ["Modifiers", "modifiers"],
        ["Units", "units"],
    ];
    const first: [string, string][] = [
        ["#", "number"],
        ...(columns.coder ? [["Coder", "coder-cell"] as [string, string]] : []),
        [columns.coder ? "Yours" : "Code", "code-cell"],
        ["Description", "what"],
    ];
    shown("diagnosis-columns").replaceChildren(
        ...head(...first),
        ...head(...(columns.inpatient ? inpatient : []), ...ends),
    );
    shown("procedure-columns").replaceChildren(
        ...head(...first),
        ...head(...(columns.services ? services : [])),
        ...head(...(columns.pointers ? [["For dx", "pointers"] as [string, string]] : []), ...ends),
    );
    const names = columns.procedures.map(systemName).join(" or ");
    const adding = document.querySelector<HTMLInputElement>("[data-add=procedure]");
    if (adding) adding.placeholder = `Add a procedure: ${names}`;
}

function drawNotes(notes: Note[]): void {
    const place = shown<HTMLDetailsElement>("notes");
    place.hidden = notes.length === 0;
    shown("note-count").textContent = String(notes.length);
    shown("note-list").replaceChildren(...notes.map(noteItem));
    attachTimes(place);
}

export function noteItem(note: Note): HTMLElement {
    const time = element("time", { datetime: note.at, class: "quiet" });
    const head = element("div", { class: "small" }, element("strong", {}, note.author), " ", time);
    return element("li", {}, head, element("p", {}, note.text));
}

/** What the reviewer found, with their notes: read first when a chart was sent back. */
export function drawSentBack(findings: ReviewFinding[], notes: Note[]): void {
    const place = shown("sent-back");
    const list = shown("sent-back-list");
    list.replaceChildren();
    for (const finding of findings) {
        const tone = finding.severity === "critical" ? "bad" : "warn";
        const badge = element("span", { class: "badge", "data-tone": tone }, finding.category);
        const item = element("li", {}, badge);
        item.append(" ", element("span", { class: "code" }, foundCodes(finding)), " ", finding.rationale ?? "");
        list.append(item);
    }
    for (const note of notes.filter(({ about }) => about === "review")) list.append(noteItem(note));
    place.hidden = false;
    attachTimes(place);
}

/** Asks in the page's own dialog why a chart is given back; undefined when it is not, after all. */
export function askReason(verb: "release"): Promise<object | undefined> {
    const dialog = document.querySelector<HTMLDialogElement>(`[data-dialog="${verb}"]`);
    const form = dialog?.querySelector("form");
    if (!dialog || !form) throw new Error(`the page has no dialog for ${verb}`);
    const cancel = form.querySelector<HTMLButtonElement>("[data-close]");
    if (cancel) cancel.onclick = () => dialog.close("");
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
        const done = () => {
            const agreed = dialog.returnValue === "yes";
            resolve(agreed ? Object.fromEntries(new FormData(form)) : undefined);
        };
        dialog.addEventListener("close", done, { once: true });
    });
}

export interface Banner {
    tone: "info" | "warn" | "error";
    title: string;
    text: string;
    actions?: { label: string; press: () => void }[];
}

/** Shows what concerns the whole desk, one of each kind at a time; nothing takes it away. */
export function showBanner(kind: string, banner: Banner | undefined): void {
    const place = shown("banners");
    const there = place.querySelector<HTMLElement>(`[data-kind="${kind}"]`);
    if (!banner) {
        there?.remove();
        return;
    }
    if (there?.dataset.title === banner.title) return;
    const role = banner.tone === "info" ? "status" : "alert";
    const made = element("div", { class: `notice ${banner.tone}`, role, "data-kind": kind });
    made.dataset.title = banner.title;
    made.append(element("p", {}, element("strong", {}, banner.title), " ", banner.text));
    for (const { label, press } of banner.actions ?? []) {
        const button = element("button", { class: "button small", type: "button" }, label);
        button.addEventListener("click", press);
        made.append(button);
    }
    there?.remove();
    place.append(made);
}

/** Whether documents are shown in letters of one width, so that their columns stand in line. */
export function isFixedWidth(): boolean {
    return document.querySelector(".desk .document.fixed") !== null;
}

/** Whether they were when the reader last chose. */
export function likesFixedWidth(): boolean {
    try {
        return localStorage.getItem(FIXED_WIDTH_STORED_AS) === "on";
    } catch {
        return false;
    }
}

export function showFixedWidth(on: boolean): void {
    document.querySelector(".desk .document")?.classList.toggle("fixed", on);
    document.querySelector("[data-do=font]")?.setAttribute("aria-pressed", String(on));
    try {
        localStorage.setItem(FIXED_WIDTH_STORED_AS, on ? "on" : "off");
    } catch {
        // Storage is closed: the choice lasts as long as the page.
    }
}
