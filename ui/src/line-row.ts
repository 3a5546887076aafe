// One line of a coding with the fields that show it.
import { attachCodeSearch } from "./codesearch";
import { type Columns, type Evidence, isBox, type Line, type Role, type System, systemName, written } from "./desk";
import { element } from "./dom";
import { type Detail, type Details, detailFields } from "./line-details";

const SEARCH_CHARACTERS_MAX = 200;
const CODE_CHARACTERS_MAX = 16;
const POA_WORDS = ["Y", "N", "U", "W", "1"];

type Beside = "poa" | "modifiers" | "units" | "pointers" | "level";
type Field = Detail | "code" | "role" | Beside | "evidence" | "remove";
type Control = HTMLInputElement | HTMLSelectElement | HTMLButtonElement;

export interface Row {
    readonly procedure: boolean;
    admitting: boolean;
    system: System;
    code: string;
    description: string | null;
    modifiers: string[];
    units: number;
    poa: string | null;
    /** A number points at a diagnosis that is not there. */
    pointers: (Row | number)[];
    details: Details;
    /** The code to which the basis of its level amounts. */
    level: string | null;
    evidence: Evidence | null;
    readonly tr: HTMLTableRowElement;
    readonly fields: Partial<Record<Field, Control>>;
}

/** What a line needs from the list it is in. */
export interface RowHost {
    columns: Columns;
    /** The day on which codes must be in force. */
    on: string;
    /** The facility whose usual codes come first. */
    facility: string;
    changed: () => void;
    systemOf: (procedure: boolean, text: string) => System;
    setRole: (row: Row, role: string) => void;
    remove: (row: Row) => void;
    /** The diagnoses by their numbers, from 1. */
    numbered: () => Row[];
    showEvidence: (place: Evidence) => void;
    /** The number of a document in the tabs, from 1. */
    documentNumber: (id: string) => number;
}

/** A line with everything but its pointers, which the list knows. */
export function makeRow(line: Line & { description?: string | null }, host: RowHost): Row {
    const { system, code, modifiers, units, poa, evidence } = line;
    const row: Row = {
        procedure: line.role === "procedure",
        admitting: line.role === "admitting",
        description: line.description ?? null,
        pointers: [],
        details: { ...line.details },
        level: null,
        tr: element("tr", { tabindex: "-1" }),
        fields: {},
        ...{ system, code, modifiers, units, poa, evidence },
    };
    const { inpatient, services, pointers } = host.columns;
    row.tr.append(element("td", { class: "number" }));
    if (host.columns.coder) row.tr.append(element("td", { class: "coder-cell" }));
    row.tr.append(codeCell(row, host));
    row.tr.append(element("td", { class: "what" }, element("span", { class: "wording" })));
    if (!row.procedure && inpatient) row.tr.append(roleCell(row, host), poaCell(row, host));
    if (row.procedure && services) row.tr.append(modifiersCell(row, host), unitsCell(row, host));
    if (row.procedure && pointers) row.tr.append(pointersCell(row, host));
    const asked = row.procedure ? host.columns.procedure_details : host.columns.diagnosis_details;
    if (asked.length > 0) row.tr.append(detailsCell(row, asked, host));
    row.tr.append(evidenceCell(row, host), removeCell(row, host));
    showDescription(row);
    showEvidence(row, host);
    return row;
}

export function showDescription(row: Row): void {
    const wording = row.tr.querySelector<HTMLElement>(".wording");
    if (!wording) return;
    const byForm = row.system === "icd10cm" ? "" : `${systemName(row.system)}, accepted by form`;
    wording.textContent = row.description ?? byForm;
    wording.title = row.description ?? "";
    wording.classList.toggle("quiet", row.description === null);
}

export function showEvidence(row: Row, host: RowHost): void {
    const button = row.fields.evidence;
    if (!button) return;
    const number = row.evidence ? host.documentNumber(row.evidence.document_id) : 0;
    button.hidden = !row.evidence;
    const page = row.evidence && isBox(row.evidence) ? row.evidence.page : 0;
    button.textContent = page > 0 ? `${number}.${page}` : `¶ ${number}`;
    const where = page > 0 ? `document ${number}, page ${page}` : `document ${number}`;
    button.setAttribute("aria-label", `Show the evidence, in ${where}`);
    button.title = `Evidence in ${where}`;
}

/** The numbers of the diagnoses a row points at. */
export function pointerNumbers(row: Row, numbered: Row[]): number[] {
    const number = (to: Row | number) => (typeof to === "number" ? to : numbered.indexOf(to) + 1);
    return row.pointers.map(number).filter((at) => at > 0);
}

/** What depends on the row's place: its number, and the names that are read aloud. */
export function labelRow(row: Row, number: string): void {
    const [cell] = row.tr.cells;
    if (cell) cell.textContent = number;
    const named = `${row.procedure ? "Procedure" : "Diagnosis"} ${number}`;
    row.tr.setAttribute("aria-label", named);
    const words: Partial<Record<Field, string>> = {
        code: "code",
        role: "role",
        poa: "present on admission",
        modifiers: "modifiers",
        units: "units",
        pointers: "diagnosis pointers",
        remove: "remove",
    };
    for (const [field, word] of Object.entries(words)) {
        row.fields[field as Field]?.setAttribute("aria-label", `${named}: ${word}`);
    }
}

/** The control for a field that the server names. */
export function controlFor(row: Row, field: string): Control | undefined {
    const control = row.fields[field as Field];
    const isThere = control && !control.hidden && !control.closest("[hidden]");
    return isThere ? control : row.fields.code;
}

/** A code without its point, in capitals. */
export function bare(text: string): string {
    return text.replace(/[.\s]/g, "").toUpperCase().slice(0, CODE_CHARACTERS_MAX);
}

function codeCell(row: Row, host: RowHost): HTMLElement {
    const input = entry("code", written(row.system, row.code));
    row.fields.code = input;
    const take = (system: System, code: string, description: string | null) => {
        Object.assign(row, { system, code, description });
        input.value = written(system, code);
        showDescription(row);
        host.changed();
    };
    const cell = element("td", { class: "code-cell" }, input);
    const typed = (text: string) => take(host.systemOf(row.procedure, text), bare(text), null);
    attachCodeSearch(input, {
        system: (text) => host.systemOf(row.procedure, text),
        on: host.on,
        facility: host.facility,
        choose: (found) => take(found.system, found.code, found.description),
        typed,
        left: typed,
    });
    return cell;
}

function roleCell(row: Row, host: RowHost): HTMLElement {
    const words: [Role, string][] = [
        ["principal", "Principal"],
        ["secondary", "Secondary"],
        ["admitting", "Admitting"],
    ];
    const select = choice("role", words);
    select.addEventListener("change", () => host.setRole(row, select.value));
    row.fields.role = select;
    return element("td", {}, select);
}

function poaCell(row: Row, host: RowHost): HTMLElement {
    const select = choice("poa", [["", "–"], ...POA_WORDS.map((word): [string, string] => [word, word])]);
    select.value = row.poa ?? "";
    select.addEventListener("change", () => {
        row.poa = select.value || null;
        host.changed();
    });
    row.fields.poa = select;
    return element("td", {}, select);
}

function modifiersCell(row: Row, host: RowHost): HTMLElement {
    const input = entry("modifiers", row.modifiers.join(" "), 47);
    input.addEventListener("input", () => {
        row.modifiers = input.value.toUpperCase().split(/[\s,]+/).filter(Boolean);
        host.changed();
    });
    row.fields.modifiers = input;
    return element("td", {}, input);
}

function unitsCell(row: Row, host: RowHost): HTMLElement {
    const input = entry("units", String(row.units), 4);
    input.inputMode = "numeric";
    input.addEventListener("input", () => {
        // What is no number becomes 0, which the edits explain.
        row.units = /^\d{1,4}$/.test(input.value.trim()) ? Number(input.value) : 0;
        host.changed();
    });
    row.fields.units = input;
    return element("td", {}, input);
}

function pointersCell(row: Row, host: RowHost): HTMLElement {
    const input = entry("pointers", "", 20);
    input.addEventListener("input", () => {
        const numbered = host.numbered();
        row.pointers = pointedAt(input.value).map((number) => numbered[number - 1] ?? number);
        host.changed();
    });
    input.addEventListener("change", () => {
        input.value = pointerNumbers(row, host.numbered()).join(" ");
    });
    row.fields.pointers = input;
    return element("td", {}, input);
}

function detailsCell(row: Row, asked: Detail[], host: RowHost): HTMLElement {
    const { place, controls } = detailFields(asked, row.details, host.on, () => host.changed());
    Object.assign(row.fields, controls);
    if (controls.em_basis) {
        const take = element("button", { class: "button quiet small level", type: "button", hidden: true });
        take.addEventListener("click", () => takeLevel(row, host));
        row.fields.level = take;
        place.append(take);
    }
    return element("td", { class: "detail-cell" }, place);
}

/** The code to which decision making or time amounts; offered where it is not the line's own. */
export function showLevel(row: Row, level: string | null): void {
    row.level = level;
    const take = row.fields.level;
    if (!take) return;
    take.hidden = level === null;
    const same = level === row.code;
    (take as HTMLButtonElement).disabled = same;
    const key = same ? [] : [" ", element("kbd", { class: "kbd" }, "L")];
    take.replaceChildren(same ? `is ${level}` : `is ${level}: take it`, ...key);
}

/** Takes the code to which the line's basis amounts. */
export function takeLevel(row: Row, host: RowHost): void {
    if (row.level === null || row.level === row.code) return;
    Object.assign(row, { code: row.level, description: null });
    if (row.fields.code) row.fields.code.value = written(row.system, row.code);
    showDescription(row);
    showLevel(row, row.level);
    host.changed();
}

function evidenceCell(row: Row, host: RowHost): HTMLElement {
    const button = element("button", { class: "evidence-chip", type: "button" });
    button.addEventListener("click", () => row.evidence && host.showEvidence(row.evidence));
    row.fields.evidence = button;
    return element("td", { class: "evidence-cell" }, button);
}

function removeCell(row: Row, host: RowHost): HTMLElement {
    const button = element("button", { class: "button quiet small square", type: "button" }, "×");
    button.addEventListener("click", () => host.remove(row));
    row.fields.remove = button;
    return element("td", { class: "actions" }, button);
}

/** `1 2`, `1,2` and `AB` all point at the first and second diagnosis. */
function pointedAt(text: string): number[] {
    const parts = text.toUpperCase().match(/\d{1,3}|[A-L]/g) ?? [];
    return parts.map((part) => (/\d/.test(part) ? Number(part) : part.charCodeAt(0) - 64));
}

function entry(name: string, value: string, length = SEARCH_CHARACTERS_MAX): HTMLInputElement {
    const input = element("input", { class: `cell ${name}`, maxlength: `${length}`, autocomplete: "off" });
    input.value = value;
    return input;
}

function choice(name: string, words: [string, string][]): HTMLSelectElement {
    const options = words.map(([value, word]) => element("option", { value }, word));
    return element("select", { class: `cell ${name}` }, ...options);
}
