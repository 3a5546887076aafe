// What a line says beside its code: small fields below it, only those that the kind of work has.
import { element } from "./dom";
import { readDay } from "./plain-date";

export type Detail =
    | "service_date"
    | "place_of_service"
    | "provider"
    | "revenue_code"
    | "em_basis"
    | "problems"
    | "data"
    | "risk"
    | "minutes"
    | "face_to_face"
    | "page"
    | "meat";

export type Details = Partial<Record<Detail, string | number | boolean | string[]>>;
type Control = HTMLInputElement | HTMLSelectElement;

/** What the next line of a visit usually shares with the one before. */
const SHARED: Detail[] = ["service_date", "place_of_service", "provider"];
const LABELS: Record<Detail, string> = {
    service_date: "Date",
    place_of_service: "POS",
    provider: "Provider",
    revenue_code: "Rev",
    em_basis: "Level by",
    problems: "Problems",
    data: "Data",
    risk: "Risk",
    minutes: "Min",
    face_to_face: "Face to face",
    page: "Page",
    meat: "MEAT",
};
/** The letter of each begins its word, so that a key chooses it. */
const AMOUNTS: [string, string][] = [
    ["", "–"],
    ["straightforward", "Straightf."],
    ["low", "Low"],
    ["moderate", "Moderate"],
    ["high", "High"],
];
const CHOICES: Partial<Record<Detail, [string, string][]>> = {
    em_basis: [
        ["", "–"],
        ["mdm", "MDM"],
        ["time", "Time"],
    ],
    problems: AMOUNTS,
    data: AMOUNTS,
    risk: AMOUNTS,
    face_to_face: [
        ["", "–"],
        ["true", "Yes"],
        ["false", "No"],
    ],
};
const CHARACTERS: Partial<Record<Detail, number>> = {
    service_date: 10,
    place_of_service: 2,
    provider: 80,
    revenue_code: 4,
    minutes: 4,
    page: 4,
    meat: 8,
};
const HINTS: Partial<Record<Detail, string>> = {
    service_date: "M/D, MMDD or YYYY-MM-DD",
    place_of_service: "Place of service: 11 office, 21 inpatient, 22 outpatient, 23 emergency, 24 surgery center",
    provider: "NPI or name of who rendered it",
    em_basis: "What the level rests on: M for decision making, T for time",
    problems: "Number and complexity of the problems",
    data: "Data reviewed and analysed",
    risk: "Risk of complications",
    minutes: "Minutes in all on that day",
    meat: "Letters of what was done: Monitored, Evaluated, Assessed, Treated",
    page: "The page that supports it",
};
const MEAT: Record<string, string> = { M: "monitored", E: "evaluated", A: "assessed", T: "treated" };
const OF_DECISION: Detail[] = ["problems", "data", "risk"];

/** The fields of a line's details, and their controls by name. */
export interface DetailFields {
    place: HTMLElement;
    controls: Partial<Record<Detail, Control>>;
}

/** Draws them. `on` is the encounter's day, near which days without a year lie. */
export function detailFields(
    asked: Detail[],
    details: Details,
    on: string,
    changed: () => void,
): DetailFields {
    const place = element("div", { class: "line-details" });
    const controls: Partial<Record<Detail, Control>> = {};
    const arrange = () => arrangeLevel(controls, details);
    for (const detail of asked) {
        const control = controlOf(detail);
        control.value = shownAs(detail, details[detail]);
        control.addEventListener("input", () => {
            const said = readAs(detail, control.value.trim(), on);
            if (said === undefined) delete details[detail];
            else details[detail] = said;
            arrange();
            changed();
        });
        if (detail === "service_date") spellOut(control, on);
        controls[detail] = control;
        place.append(element("label", { class: detail }, element("span", {}, LABELS[detail]), control));
    }
    arrange();
    return { place, controls };
}

/** What a new line takes over from the one before it. */
export function sharedDetails(asked: Detail[], before: Details | undefined): Details {
    const shared: Details = {};
    for (const detail of SHARED) {
        const said = before?.[detail];
        if (said !== undefined && asked.includes(detail)) shared[detail] = said;
    }
    return shared;
}

/** The three elements are asked for where decision making is the basis, the minutes where time is. */
function arrangeLevel(controls: DetailFields["controls"], details: Details): void {
    if (!controls.em_basis) return;
    const show = (detail: Detail, on: boolean) => {
        const label = controls[detail]?.closest("label");
        // What is said already stays in sight.
        if (label) label.hidden = !on && details[detail] === undefined;
    };
    for (const detail of OF_DECISION) show(detail, details.em_basis === "mdm");
    show("minutes", details.em_basis === "time");
}

/** A day is shown in full once it was typed; what is no day is marked. */
function spellOut(control: Control, on: string): void {
    control.addEventListener("change", () => {
        const text = control.value.trim();
        const day = readDay(text, on);
        if (day !== undefined) control.value = day;
        control.classList.toggle("unread", text !== "" && day === undefined);
    });
}

function controlOf(detail: Detail): Control {
    const choices = CHOICES[detail];
    const hint = HINTS[detail];
    const title = hint === undefined ? {} : { title: hint };
    if (choices) {
        const options = choices.map(([value, word]) => element("option", { value }, word));
        return element("select", { class: `cell ${detail}`, ...title }, ...options);
    }
    const input = element("input", { class: `cell ${detail}`, type: "text", autocomplete: "off", ...title });
    const most = CHARACTERS[detail];
    if (most !== undefined) input.maxLength = most;
    if (detail === "meat") input.placeholder = "M E A T";
    if (detail === "service_date") input.placeholder = "M/D";
    return input;
}

function shownAs(detail: Detail, said: Details[Detail]): string {
    if (said === undefined) return "";
    if (detail !== "meat" || !Array.isArray(said)) return String(said);
    return said.map((word) => word.charAt(0).toUpperCase()).join(" ");
}

/** What is no number stays 0, which the edits explain. */
function readAs(detail: Detail, text: string, on: string): Details[Detail] | undefined {
    if (text === "") return undefined;
    if (detail === "service_date") return readDay(text, on);
    if (detail === "minutes" || detail === "page") return /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (detail === "face_to_face") return text === "true";
    if (detail !== "meat") return text;
    const words = [...new Set(text.toUpperCase())].flatMap((letter) => MEAT[letter] ?? []);
    return words.length > 0 ? words : undefined;
}
