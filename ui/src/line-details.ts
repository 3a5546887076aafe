// What a line says beside its code: small fields under its wording, only those that the kind of work has.
import { element } from "./dom";

export type Detail =
    | "service_date"
    | "place_of_service"
    | "provider"
    | "revenue_code"
    | "em_basis"
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
    em_basis: "Basis",
    minutes: "Min",
    face_to_face: "Face to face",
    page: "Page",
    meat: "MEAT",
};
const CHOICES: Partial<Record<Detail, [string, string][]>> = {
    em_basis: [
        ["", "–"],
        ["mdm", "MDM"],
        ["time", "Time"],
    ],
    face_to_face: [
        ["", "–"],
        ["true", "Yes"],
        ["false", "No"],
    ],
};
const CHARACTERS: Partial<Record<Detail, number>> = {
    place_of_service: 2,
    provider: 80,
    revenue_code: 4,
    minutes: 4,
    page: 4,
    meat: 8,
};
const MEAT: Record<string, string> = { M: "monitored", E: "evaluated", A: "assessed", T: "treated" };

/** The fields of a line's details, and their controls by name. */
export function detailFields(
    asked: Detail[],
    details: Details,
    changed: () => void,
): { place: HTMLElement; controls: Partial<Record<Detail, Control>> } {
    const place = element("div", { class: "line-details" });
    const controls: Partial<Record<Detail, Control>> = {};
    for (const detail of asked) {
        const control = controlOf(detail);
        control.value = shownAs(detail, details[detail]);
        control.addEventListener("input", () => {
            const said = readAs(detail, control.value.trim());
            if (said === undefined) delete details[detail];
            else details[detail] = said;
            changed();
        });
        controls[detail] = control;
        place.append(element("label", {}, element("span", {}, LABELS[detail]), control));
    }
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

function controlOf(detail: Detail): Control {
    const choices = CHOICES[detail];
    if (choices) {
        const options = choices.map(([value, word]) => element("option", { value }, word));
        return element("select", { class: `cell ${detail}` }, ...options);
    }
    const type = detail === "service_date" ? "date" : "text";
    const input = element("input", { class: `cell ${detail}`, type, autocomplete: "off" });
    const most = CHARACTERS[detail];
    if (most !== undefined) input.maxLength = most;
    if (detail === "meat") input.placeholder = "M E A T";
    return input;
}

function shownAs(detail: Detail, said: Details[Detail]): string {
    if (said === undefined) return "";
    if (detail !== "meat" || !Array.isArray(said)) return String(said);
    return said.map((word) => word.charAt(0).toUpperCase()).join(" ");
}

/** What is no number stays 0, which the edits explain. */
function readAs(detail: Detail, text: string): Details[Detail] | undefined {
    if (text === "") return undefined;
    if (detail === "minutes" || detail === "page") return /^\d{1,4}$/.test(text) ? Number(text) : 0;
    if (detail === "face_to_face") return text === "true";
    if (detail !== "meat") return text;
    const words = [...new Set(text.toUpperCase())].flatMap((letter) => MEAT[letter] ?? []);
    return words.length > 0 ? words : undefined;
}
