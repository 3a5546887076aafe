// A review's findings: one for each difference, as the server proposes them, and what the reviewer has
// to say besides. What was written about a difference stays with it, wherever its line moves.
import type { FieldFault } from "./api";
import { element } from "./dom";
import type { FindingEntry, Proposed, Severity } from "./review-desk";

export interface ReviewFindingsHost {
    /** Something was entered. */
    changed: () => void;
    /** Takes the reader to the lines of a finding. */
    go: (coder: number | null, line: number | null) => void;
    /** The coder's lines by what they are called, in their order. */
    coderLines: string[];
}

/**
 * `difference`: the lines differ so now. `remark`: the reviewer says so. `loaded`: of a draft, not yet
 * set against a comparison. `aside`: the lines differ so no longer; its words wait in case they do again.
 */
type Kind = "difference" | "remark" | "loaded" | "aside";

interface Held {
    kind: Kind;
    category: string;
    severity: Severity;
    coder: number | null;
    /** The reviewer's line by its name, which it keeps when it moves. */
    line: string | null;
    detail: string;
    rationale: string;
    citation: string;
    item?: HTMLElement;
}

export class ReviewFindings {
    readonly #root: HTMLElement;
    readonly #list: HTMLElement;
    readonly #state: HTMLElement;
    readonly #host: ReviewFindingsHost;
    #held: Held[] = [];
    #keys: string[] = [];

    constructor(root: HTMLElement, host: ReviewFindingsHost) {
        const place = (name: string) => {
            const found = root.querySelector<HTMLElement>(`[data-show="${name}"]`);
            if (!found) throw new Error(`the page has no place for ${name}`);
            return found;
        };
        this.#root = root;
        this.#host = host;
        this.#list = place("review-findings");
        this.#state = place("finding-state");
    }

    /** How many findings the coder would read. */
    get count(): number {
        return this.#shown().length;
    }

    /** Findings of a draft; `keys` names the reviewer's lines in their order. */
    load(entries: FindingEntry[], keys: string[]): void {
        this.#keys = keys;
        this.#held = entries.map(({ coder_line: coder, reviewer_line, ...words }) => {
            const line = reviewer_line === null ? null : (keys[reviewer_line] ?? null);
            return { ...words, kind: "loaded", coder, line, detail: "" };
        });
        this.#draw();
    }

    /** The differences as they are now, each with what was written about it. */
    show(proposed: Proposed[], keys: string[]): void {
        this.#keys = keys;
        let left = this.#held;
        const take = (fits: (held: Held) => boolean) => {
            const found = left.find(fits);
            left = left.filter((held) => held !== found);
            return found;
        };
        const wanted = proposed.map((one) => {
            const line = one.reviewer_line === null ? null : (keys[one.reviewer_line] ?? null);
            const same = (held: Held) =>
                held.category === one.category && held.coder === one.coder_line && held.line === line;
            return { one, line, held: take(same) };
        });
        const differences = wanted.map(({ one, line, held }): Held => {
            const { category, severity, coder_line: coder, detail } = one;
            if (held?.kind === "remark") redrawn(held);
            if (held) return Object.assign(held, { kind: "difference", detail });
            // Another code in the same place: what was written about the last one is not lost.
            const near = take(
                (other) =>
                    other.kind !== "remark" &&
                    isWritten(other) &&
                    (line === null ? other.coder === coder : other.line === line),
            );
            const words = { rationale: near?.rationale ?? "", citation: near?.citation ?? "" };
            return { kind: "difference", category, severity, coder, line, detail, ...words };
        });
        const rest = left.filter((held) => held.kind === "remark" || isWritten(held));
        for (const held of rest) {
            if (held.kind === "loaded" && held.line === null) held.kind = "remark";
            else if (held.kind !== "remark") held.kind = "aside";
        }
        this.#held = [...differences, ...rest];
        this.#draw();
    }

    /** A finding that no difference shows: about the whole coding, or one of the coder's lines. */
    remark(coder: number | null): void {
        const words = { detail: "", rationale: "", citation: "" };
        const held: Held = {
            kind: "remark",
            category: "changed",
            severity: "major",
            coder,
            line: null,
            ...words,
        };
        this.#held.push(held);
        this.#draw();
        this.#host.changed();
        part(held, "rationale")?.focus();
    }

    /** As a decision takes them. */
    entries(): FindingEntry[] {
        return this.#shown().map((held) => this.#entry(held));
    }

    /** As a draft keeps them, by the names of its lines. */
    drafted(keys: string[]): FindingEntry[] {
        this.#keys = keys;
        const isThere = ({ line }: Held) => line === null || keys.includes(line);
        const kept = this.#held.filter((held) => held.kind !== "aside" && isThere(held));
        return kept.map((held) => this.#entry(held));
    }

    /** How many findings lack their reason: the minor ones of differences need none. */
    get wanting(): number {
        return this.#shown().filter(isWanting).length;
    }

    focusWanting(): void {
        const held = this.#shown().find(isWanting);
        if (held) focusPart(held, "rationale");
    }

    /** Shows what the server says against findings as they were sent; false when it says nothing. */
    showFaults(faults: FieldFault[]): boolean {
        const shown = this.#shown();
        let first: (() => void) | undefined;
        for (const { name, message } of faults) {
            const [, at, field] = /^findings\.(\d+)\.(\w+)$/.exec(name) ?? [];
            const held = at === undefined ? undefined : shown[Number(at)];
            if (!held?.item) continue;
            const place = held.item.querySelector<HTMLElement>("[data-part=error]");
            if (place) place.textContent = message;
            const control = field === "rationale" || field === "citation" ? field : "rationale";
            part(held, control)?.setAttribute("aria-invalid", "true");
            first ??= () => focusPart(held, control);
        }
        first?.();
        return first !== undefined;
    }

    #shown(): Held[] {
        return this.#held.filter(({ kind }) => kind === "difference" || kind === "remark");
    }

    #entry({ category, severity, coder, line, rationale, citation }: Held): FindingEntry {
        const at = line === null ? -1 : this.#keys.indexOf(line);
        const reviewer_line = at < 0 ? null : at;
        return { category, severity, coder_line: coder, reviewer_line, rationale, citation };
    }

    #draw(): void {
        const shown = this.#shown();
        shown.forEach((held, at) => {
            held.item ??= this.#item(held);
            this.#fill(held);
            const there = this.#list.children[at];
            if (there !== held.item) this.#list.insertBefore(held.item, there ?? null);
        });
        while (this.#list.children.length > shown.length) this.#list.lastElementChild?.remove();
        this.#sum();
    }

    #item(held: Held): HTMLElement {
        const which = held.kind === "remark" ? "remark" : "difference";
        const template = this.#root.querySelector<HTMLTemplateElement>(`template[data-finding=${which}]`);
        const item = template?.content.firstElementChild?.cloneNode(true);
        if (!(item instanceof HTMLElement)) throw new Error(`the page has no template for a ${which}`);
        held.item = item;
        this.#offerLines(held);
        for (const name of ["rationale", "citation", "severity", "category", "line"]) {
            const control = part(held, name);
            control?.addEventListener("input", () => this.#enter(held, name, control.value));
        }
        item.querySelector("[data-part=detail]")?.addEventListener("click", () => {
            const line = held.line === null ? -1 : this.#keys.indexOf(held.line);
            this.#host.go(held.coder, line < 0 ? null : line);
        });
        item.querySelector("[data-part=remove]")?.addEventListener("click", () => {
            this.#held = this.#held.filter((other) => other !== held);
            this.#draw();
            this.#host.changed();
        });
        return item;
    }

    #offerLines(held: Held): void {
        const select = part(held, "line");
        this.#host.coderLines.forEach((name, at) => {
            select?.append(element("option", { value: String(at) }, name));
        });
    }

    #enter(held: Held, name: string, value: string): void {
        if (name === "line") held.coder = value === "" ? null : Number(value);
        else Object.assign(held, { [name]: value });
        part(held, name)?.removeAttribute("aria-invalid");
        const error = held.item?.querySelector<HTMLElement>("[data-part=error]");
        if (error) error.textContent = "";
        this.#need(held);
        this.#sum();
        this.#host.changed();
    }

    #fill(held: Held): void {
        const set = (name: string, value: string) => {
            const control = part(held, name);
            if (control && control.value !== value) control.value = value;
        };
        set("rationale", held.rationale);
        set("citation", held.citation);
        set("severity", held.severity);
        if (held.kind === "remark") {
            set("category", held.category);
            set("line", held.coder === null ? "" : String(held.coder));
        } else {
            const words = held.item?.querySelector<HTMLElement>("[data-part=category]");
            if (words) words.textContent = categoryWords(this.#root, held.category);
            const detail = held.item?.querySelector<HTMLElement>("[data-part=detail]");
            if (detail) detail.textContent = held.detail;
        }
        if (held.item) held.item.dataset.category = held.category;
        this.#need(held);
    }

    #need(held: Held): void {
        held.item?.toggleAttribute("data-wanting", isWanting(held));
        const rationale = part(held, "rationale");
        const required = held.kind === "remark" || held.severity !== "minor";
        rationale?.toggleAttribute("required", required);
        if (rationale instanceof HTMLTextAreaElement) {
            const optional = required ? "" : " (may be left out)";
            rationale.placeholder = `${rationale.dataset.words ?? ""}${optional}`;
        }
    }

    #sum(): void {
        const [all, wanting] = [this.count, this.wanting];
        this.#state.classList.toggle("tone-warn", wanting > 0);
        if (all === 0) this.#state.textContent = "None. What you change becomes a finding by itself.";
        else if (wanting === 0) this.#state.textContent = `${all}, each with what it needs`;
        else this.#state.textContent = `${wanting} of ${all} without a rationale`;
    }
}

/** The words for a kind of finding, which the page has from the server. */
export function categoryWords(root: ParentNode, category: string): string {
    const template = root.querySelector<HTMLTemplateElement>("template[data-finding=remark]");
    const option = template?.content.querySelector(`[data-part=category] [value="${CSS.escape(category)}"]`);
    return option?.textContent ?? category;
}

function isWritten({ rationale, citation }: Held): boolean {
    return rationale.trim() !== "" || citation.trim() !== "";
}

function isWanting({ kind, severity, rationale }: Held): boolean {
    return rationale.trim() === "" && (severity !== "minor" || kind === "remark");
}

/** A remark that turned out to be a difference is drawn as one. */
function redrawn(held: Held): void {
    held.item?.remove();
    delete held.item;
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function part(held: Held, name: string): Control | null {
    return held.item?.querySelector<Control>(`:is(input, textarea, select)[data-part=${name}]`) ?? null;
}

function focusPart(held: Held, name: string): void {
    const control = part(held, name);
    control?.focus();
    control?.scrollIntoView({ block: "nearest" });
}
