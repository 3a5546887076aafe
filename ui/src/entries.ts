// From the entries of a form to the JSON that the API takes.
//
//   data-type="int|bool|list|date|minutes|cents"   how an entry is read; text when absent
//   data-empty="null|omit"                         what an empty entry becomes; omitted when absent
//   name="contract.days"                           dots nest
//   several controls of one name                   an array
//   data-rows="name", in it several data-row       an array of objects, one a row
import type { FieldFault } from "./api";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** Left out of the JSON. */
const OMIT = Symbol("omit");

class Unreadable extends Error {}

/** The form's entries, and those that can't be read. */
export function gather(form: HTMLFormElement): { body: Record<string, Json>; faults: FieldFault[] } {
    const faults: FieldFault[] = [];
    const own = [...form.elements].filter((control) => !control.closest("[data-row]"));
    const body = readAll(own, "", faults);
    for (const rows of form.querySelectorAll<HTMLElement>("[data-rows]")) {
        const name = rows.dataset.rows ?? "";
        const each = [...rows.querySelectorAll("[data-row]")].map((row, at) =>
            readAll([...row.querySelectorAll("*")], `${name}.${at}.`, faults),
        );
        place(body, name.split("."), each);
    }
    return { body, faults };
}

/** The entries among these elements; `prefix` tells apart the faults of rows. */
function readAll(elements: Element[], prefix: string, faults: FieldFault[]): Record<string, Json> {
    const body: Record<string, Json> = {};
    for (const [name, controls] of byName(elements)) {
        try {
            const value = valueOf(controls);
            if (value !== OMIT) place(body, name.split("."), value);
        } catch (fault) {
            if (!(fault instanceof Unreadable)) throw fault;
            faults.push({ name: prefix + name, message: fault.message });
        }
    }
    return body;
}

function byName(elements: Element[]): Map<string, Control[]> {
    const named = new Map<string, Control[]>();
    for (const control of elements) {
        if (!isControl(control) || !control.name || control.matches(":disabled")) continue;
        if (["submit", "button", "reset", "file", "image"].includes(control.type)) continue;
        named.set(control.name, [...(named.get(control.name) ?? []), control]);
    }
    return named;
}

function isControl(candidate: Element): candidate is Control {
    return (
        candidate instanceof HTMLInputElement ||
        candidate instanceof HTMLSelectElement ||
        candidate instanceof HTMLTextAreaElement
    );
}

function valueOf(controls: Control[]): Json | typeof OMIT {
    const [first] = controls;
    if (!first) return OMIT;
    if (first.type === "radio") {
        const chosen = controls.find((control) => control instanceof HTMLInputElement && control.checked);
        return chosen ? read(chosen, chosen.value) : empty(first);
    }
    if (first instanceof HTMLInputElement && first.type === "checkbox") return ticked(first, controls);
    if (first instanceof HTMLSelectElement && first.multiple) {
        return [...first.selectedOptions].map((option) => read(first, option.value, "item"));
    }
    if (controls.length > 1) {
        const filled = controls.filter((control) => control.value.trim() !== "");
        return filled.map((control) => read(control, control.value, "item"));
    }
    return first.value.trim() === "" ? empty(first) : read(first, first.value);
}

/** One tick without a value is yes or no; ticks that share a name, or a list, are those ticked. */
function ticked(first: HTMLInputElement, controls: Control[]): Json {
    if (controls.length === 1 && first.dataset.type !== "list") return first.checked;
    const on = controls.filter((control) => control instanceof HTMLInputElement && control.checked);
    return on.map((control) => read(control, control.value, "item"));
}

function empty(control: Control): Json | typeof OMIT {
    if (control.dataset.type === "list") return [];
    const rule = control.dataset.empty ?? control.form?.dataset.empty ?? "omit";
    return rule === "null" ? null : OMIT;
}

function read(control: Control, raw: string, as: "whole" | "item" = "whole"): Json {
    const text = raw.trim();
    switch (control.dataset.type) {
        case "int":
            return wholeNumber(text);
        case "bool":
            return text === "true" || text === "on" || text === "1" || text === "yes";
        case "list":
            return as === "item" ? text : items(text);
        case "date":
            return date(text);
        case "minutes":
            return minutes(text);
        case "cents":
            return cents(text);
        default:
            // A password may begin or end with a space.
            return control.type === "password" ? raw : text;
    }
}

function wholeNumber(text: string): number {
    const plain = text.replace(/[,_\s]/g, "");
    const value = Number(plain);
    if (!/^[-+]?\d+$/.test(plain) || !Number.isSafeInteger(value)) {
        throw new Unreadable("Enter a whole number.");
    }
    return value;
}

function items(text: string): string[] {
    return text.split(/[,;\n]/).map((item) => item.trim()).filter((item) => item !== "");
}

function date(text: string): string {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new Unreadable("Enter a date as YYYY-MM-DD.");
    return text;
}

/** `90`, `1:30`, `1h 30m`, `1.5h` and `2d` (of 24 hours) as whole minutes. */
function minutes(text: string): number {
    const clock = /^(\d+):([0-5]\d)$/.exec(text);
    if (clock) return Number(clock[1]) * 60 + Number(clock[2]);
    if (/^\d+$/.test(text)) return Number(text);
    const worded = /^(?:([\d.]+)\s*d)?\s*(?:([\d.]+)\s*h)?\s*(?:(\d+)\s*m(?:in)?)?$/i.exec(text);
    const [days, hours, rest] = (worded ?? []).slice(1).map((part) => Number(part ?? 0));
    const total = Math.round((days ?? 0) * 1440 + (hours ?? 0) * 60 + (rest ?? 0));
    if (!worded || !Number.isFinite(total)) throw new Unreadable("Enter minutes, such as 90 or 1:30.");
    return total;
}

/** Money as whole cents, without passing through fractions. */
function cents(text: string): number {
    const money = /^(-?)\$?(\d[\d,]*)(?:\.(\d{1,2}))?$/.exec(text);
    if (!money) throw new Unreadable("Enter an amount, such as 12.50.");
    const whole = Number((money[2] ?? "").replace(/,/g, ""));
    const value = whole * 100 + Number((money[3] ?? "").padEnd(2, "0"));
    return money[1] ? -value : value;
}

function place(body: Record<string, Json>, [name = "", ...rest]: string[], value: Json): void {
    if (rest.length === 0) {
        body[name] = value;
        return;
    }
    const inner = body[name];
    const next = inner && typeof inner === "object" && !Array.isArray(inner) ? inner : {};
    body[name] = next;
    place(next, rest, value);
}
