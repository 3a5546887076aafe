// The lines of a coding: diagnoses and procedures in their order, each field where it is read. The
// first diagnosis is the principal (first-listed) one; pointers follow their diagnoses when they move.
import { attachCodeSearch } from "./codesearch";
import type { Columns, Evidence, Finding, FoundCode, Line, Role, System } from "./desk";
import { sharedDetails } from "./line-details";
import {
    bare,
    controlFor,
    labelRow,
    makeRow,
    pointerNumbers,
    type Row,
    type RowHost,
    showDescription,
    showEvidence,
    showLevel,
    takeLevel,
} from "./line-row";

export type { Row } from "./line-row";

const REMOVED_KEPT_MAX = 50;

/** What the desk does when something happens here. */
export interface LinesHost {
    columns: Columns;
    /** The day on which codes must be in force. */
    on: string;
    /** The facility whose usual codes come first. */
    facility: string;
    /** Something was entered. */
    changed: () => void;
    /** Another line is at hand. */
    selected: (row: Row | undefined) => void;
    showEvidence: (place: Evidence) => void;
    /** The number of a document in the tabs, from 1. */
    documentNumber: (id: string) => number;
}

type NewCode = Pick<FoundCode, "system" | "code" | "description">;

export class Lines {
    readonly #host: LinesHost;
    readonly #rowHost: RowHost;
    readonly #bodies: { diagnoses: HTMLElement; procedures: HTMLElement };
    readonly #adding: { diagnoses: HTMLInputElement; procedures: HTMLInputElement };
    #diagnoses: Row[] = [];
    #procedures: Row[] = [];
    #selected: Row | undefined;
    #removed: { row: Row; at: number }[] = [];

    constructor(scope: ParentNode, host: LinesHost) {
        this.#host = host;
        this.#rowHost = {
            columns: host.columns,
            on: host.on,
            facility: host.facility,
            changed: () => host.changed(),
            systemOf: (procedure, text) => this.#systemOf(procedure, text),
            setRole: (row, role) => this.#setRole(row, role),
            remove: (row) => this.remove(row),
            numbered: () => this.#reported(),
            showEvidence: (place) => host.showEvidence(place),
            documentNumber: (id) => host.documentNumber(id),
        };
        this.#bodies = {
            diagnoses: part(scope, "[data-lines=diagnoses]"),
            procedures: part(scope, "[data-lines=procedures]"),
        };
        this.#adding = {
            diagnoses: part<HTMLInputElement>(scope, "[data-add=diagnosis]"),
            procedures: part<HTMLInputElement>(scope, "[data-add=procedure]"),
        };
        this.#attachAdding(this.#adding.diagnoses, false);
        this.#attachAdding(this.#adding.procedures, true);
        for (const body of Object.values(this.#bodies)) this.#listen(body);
        this.#arrange();
    }

    get rows(): Row[] {
        return [...this.#diagnoses, ...this.#procedures];
    }

    /** Whether a removed line can be put back. */
    get canRestore(): boolean {
        return this.#removed.length > 0;
    }

    get selected(): Row | undefined {
        return this.#selected;
    }

    /** As the server takes them. */
    lines(): Line[] {
        const numbered = this.#reported();
        return this.rows.map((row) => {
            const { system, code, modifiers, units, poa, details, evidence } = row;
            const pointers = pointerNumbers(row, numbered);
            const line = { role: this.#role(row), system, code, modifiers, units, poa, pointers, evidence };
            return Object.keys(details).length > 0 ? { ...line, details: { ...details } } : line;
        });
    }

    /** Shows other lines instead. */
    load(lines: Line[]): void {
        for (const row of this.rows) row.tr.remove();
        const made = lines.map((line) => ({ line, row: makeRow(line, this.#rowHost) }));
        const of = (...roles: Role[]) => made.filter(({ line }) => roles.includes(line.role));
        // Pointers count the diagnoses as they came; what is shown may be in another order.
        const numbered = of("principal", "secondary").map(({ row }) => row);
        for (const { line, row } of made) {
            row.pointers = line.pointers.map((number) => numbered[number - 1] ?? number);
        }
        const shown = [...of("admitting"), ...of("principal"), ...of("secondary")];
        this.#diagnoses = shown.map(({ row }) => row);
        this.#procedures = of("procedure").map(({ row }) => row);
        this.#removed = [];
        this.#arrange();
        this.select(undefined);
    }

    /** Puts the server's wordings beside the codes, in the order of `lines()`. */
    describe(descriptions: (string | null)[]): void {
        this.rows.forEach((row, place) => {
            row.description = descriptions[place] ?? null;
            showDescription(row);
        });
    }

    /** Offers the codes to which the levels' bases amount, in the order of `lines()`. */
    offer(levels: (string | null)[]): void {
        this.rows.forEach((row, place) => showLevel(row, levels[place] ?? null));
    }

    #reported(): Row[] {
        return this.#diagnoses.filter((row) => !row.admitting);
    }

    #role(row: Row): Role {
        if (row.procedure) return "procedure";
        if (row.admitting) return "admitting";
        return this.#reported()[0] === row ? "principal" : "secondary";
    }

    #listOf(row: Row): Row[] {
        return row.procedure ? this.#procedures : this.#diagnoses;
    }

    // ── changing them ───────────────────────────────────────────────────────────────────────────

    #attachAdding(input: HTMLInputElement, procedure: boolean): void {
        const add = (found: NewCode) => {
            input.value = "";
            this.#add(procedure, found);
        };
        const system = (text: string) => this.#systemOf(procedure, text);
        const typed = (text: string) => add({ system: system(text), code: bare(text), description: null });
        const { on, facility } = this.#host;
        attachCodeSearch(input, { system, on, facility, choose: add, typed });
    }

    #systemOf(procedure: boolean, text: string): System {
        if (!procedure) return "icd10cm";
        const [first = "cpt"] = this.#host.columns.procedures;
        return first === "cpt" && /^[A-V]\d{0,4}$/i.test(text.trim()) ? "hcpcs" : first;
    }

    #add(procedure: boolean, found: NewCode): void {
        const role: Role = procedure ? "procedure" : "secondary";
        const { procedure_details, diagnosis_details } = this.#host.columns;
        const before = (procedure ? this.#procedures : this.#diagnoses).at(-1)?.details;
        const details = sharedDetails(procedure ? procedure_details : diagnosis_details, before);
        const empty = { modifiers: [], units: 1, poa: null, pointers: [], details, evidence: null };
        const { system, code, description } = found;
        const row = makeRow({ role, system, code, description, ...empty }, this.#rowHost);
        // A service is for the first diagnosis until somebody says otherwise.
        const [first] = this.#reported();
        if (procedure && this.#host.columns.pointers && first) row.pointers = [first];
        this.#listOf(row).push(row);
        this.#arrange();
        this.select(row);
        row.tr.scrollIntoView({ block: "nearest" });
        (row.fields.poa ?? row.fields.modifiers)?.focus();
        this.#host.changed();
    }

    /** Puts in a line as it was reported elsewhere, at a place of its list. */
    insert(line: Line & { description?: string | null }, at: number): void {
        const row = makeRow(line, this.#rowHost);
        const numbered = this.#reported();
        row.pointers = line.pointers.map((number) => numbered[number - 1] ?? number);
        if (row.admitting) for (const other of this.#diagnoses) other.admitting = false;
        this.#listOf(row).splice(row.admitting ? 0 : at, 0, row);
        this.#arrange();
        this.select(row);
        row.tr.focus();
        this.#host.changed();
    }

    /** Moves the selected line within its list. */
    move(step: 1 | -1): void {
        const row = this.#selected;
        if (!row) return;
        const list = this.#listOf(row);
        const from = list.indexOf(row);
        const other = list[from + step];
        if (!other || other.admitting !== row.admitting) return;
        [list[from], list[from + step]] = [other, row];
        this.#arrange();
        row.tr.scrollIntoView({ block: "nearest" });
        this.#host.changed();
    }

    /** Takes the selected line out; `restore` puts it back. */
    remove(row = this.#selected): void {
        if (!row) return;
        const list = this.#listOf(row);
        const at = list.indexOf(row);
        const hadFocus = row.tr.contains(document.activeElement);
        list.splice(at, 1);
        row.tr.remove();
        this.#removed = [...this.#removed.slice(1 - REMOVED_KEPT_MAX), { row, at }];
        this.#arrange();
        const next = list[at] ?? list[at - 1];
        this.select(next);
        if (hadFocus) (next?.tr ?? this.#addingFor(row)).focus();
        this.#host.changed();
    }

    /** Puts back the line that was removed last. */
    restore(): void {
        const last = this.#removed.pop();
        if (!last) return;
        this.#listOf(last.row).splice(last.at, 0, last.row);
        this.#arrange();
        this.select(last.row);
        last.row.tr.focus();
        this.#host.changed();
    }

    setEvidence(evidence: Evidence): void {
        if (!this.#selected) return;
        this.#selected.evidence = evidence;
        showEvidence(this.#selected, this.#rowHost);
        this.#host.changed();
    }

    /** Takes the level that is offered for the selected line. */
    takeLevel(): void {
        if (this.#selected) takeLevel(this.#selected, this.#rowHost);
    }

    /** The selected diagnosis becomes the next of principal, admitting, secondary. */
    turnRole(): void {
        const row = this.#selected;
        if (!row?.fields.role) return;
        const order: Role[] = ["principal", "admitting", "secondary"];
        this.#setRole(row, order[(order.indexOf(this.#role(row)) + 1) % order.length] ?? "secondary");
        row.tr.scrollIntoView({ block: "nearest" });
    }

    #setRole(row: Row, role: string): void {
        const at = this.#diagnoses.indexOf(row);
        if (role === "admitting") for (const other of this.#diagnoses) other.admitting = false;
        row.admitting = role === "admitting";
        const rest = this.#diagnoses.filter((other) => other !== row);
        const admitting = rest.filter((other) => other.admitting);
        const reported = rest.filter((other) => !other.admitting);
        if (role === "secondary") reported.splice(Math.max(1, at), 0, row);
        else reported.unshift(row);
        this.#diagnoses = [...admitting, ...reported];
        this.#arrange();
        this.#host.changed();
    }

    /** Takes what is being typed; false, and there, when a text waits to become a line. */
    settle(): boolean {
        const { activeElement: typing } = document;
        const inRow = typing instanceof HTMLElement && this.rows.some((row) => row.tr.contains(typing));
        if (inRow) typing.blur();
        const waiting = Object.values(this.#adding).find((input) => input.value.trim() !== "");
        waiting?.focus();
        return waiting === undefined;
    }

    // ── choosing one ────────────────────────────────────────────────────────────────────────────

    select(row: Row | undefined): void {
        this.#selected?.tr.removeAttribute("aria-current");
        this.#selected = row;
        row?.tr.setAttribute("aria-current", "true");
        this.#host.selected(row);
    }

    /** The next or previous line, so that single keys act on it. */
    step(step: 1 | -1): void {
        const all = this.rows;
        const at = this.#selected ? all.indexOf(this.#selected) : step > 0 ? -1 : all.length;
        const row = all[Math.min(Math.max(at + step, 0), all.length - 1)];
        this.select(row);
        row?.tr.focus();
    }

    /** Goes to a field of the selected line: to the first of these that it has. */
    goTo(...fields: string[]): void {
        const row = this.#selected;
        const there = fields.map((field) => row?.fields[field as keyof Row["fields"]]);
        enter(there.find((control) => control?.checkVisibility()));
    }

    /** Takes the reader to what a finding is about. */
    focusField(line: number | null, field: string): void {
        const row = line === null ? undefined : this.rows[line];
        if (!row) {
            this.#adding.diagnoses.focus();
            return;
        }
        this.select(row);
        enter(controlFor(row, field));
        row.tr.scrollIntoView({ block: "nearest" });
    }

    /** Marks the fields that findings are about; `place` gives the id of a finding's element. */
    mark(findings: Finding[], place: (finding: Finding) => string): void {
        for (const row of this.rows) {
            delete row.tr.dataset.tone;
            for (const control of Object.values(row.fields)) {
                control.removeAttribute("aria-invalid");
                control.removeAttribute("aria-describedby");
            }
        }
        for (const finding of findings) {
            const row = finding.line === null ? undefined : this.rows[finding.line];
            if (!row || finding.severity === "advice") continue;
            const control = controlFor(row, finding.field);
            control?.setAttribute("aria-describedby", place(finding));
            if (finding.severity === "error") {
                row.tr.dataset.tone = "bad";
                control?.setAttribute("aria-invalid", "true");
            } else row.tr.dataset.tone ??= "warn";
        }
    }

    #listen(body: HTMLElement): void {
        const find = (event: Event) =>
            this.rows.find((row) => event.target instanceof Node && row.tr.contains(event.target));
        body.addEventListener("focusin", (event) => this.#choose(find(event)));
        body.addEventListener("click", (event) => {
            const row = find(event);
            const target = event.target instanceof Element ? event.target : body;
            if (row && !target.closest("input, select, button")) row.tr.focus();
        });
        body.addEventListener("keydown", (event) => {
            const row = find(event);
            if (row) this.#press(row, event);
        });
    }

    #press(row: Row, event: KeyboardEvent): void {
        if (event.defaultPrevented && event.key !== "Enter") return;
        if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
        const onRow = event.target === row.tr;
        if (event.key === "Enter" && !(event.target instanceof HTMLButtonElement)) {
            event.preventDefault();
            (onRow ? row.fields.code : this.#addingFor(row))?.focus();
        } else if (event.key === "Escape" && !onRow) row.tr.focus();
        else if (event.key === "Delete" && onRow) this.remove(row);
        else if (onRow && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
            event.preventDefault();
            this.step(event.key === "ArrowDown" ? 1 : -1);
        }
    }

    #choose(row: Row | undefined): void {
        if (row && row !== this.#selected) this.select(row);
    }

    #addingFor(row: Row): HTMLInputElement {
        return row.procedure ? this.#adding.procedures : this.#adding.diagnoses;
    }

    /** Rows in their order, numbered, with what depends on the order. The focus stays where it is. */
    #arrange(): void {
        const focused = document.activeElement;
        put(this.#bodies.diagnoses, this.#diagnoses);
        put(this.#bodies.procedures, this.#procedures);
        let number = 0;
        for (const row of this.#diagnoses) {
            labelRow(row, row.admitting ? "A" : String(++number));
            if (row.fields.role) row.fields.role.value = this.#role(row);
            if (row.fields.poa) row.fields.poa.hidden = row.admitting;
        }
        const numbered = this.#reported();
        this.#procedures.forEach((row, at) => {
            labelRow(row, String(at + 1));
            const { pointers } = row.fields;
            if (pointers) pointers.value = pointerNumbers(row, numbered).join(" ");
        });
        for (const body of Object.values(this.#bodies)) {
            body.closest("section")?.toggleAttribute("data-empty", body.childElementCount === 0);
        }
        if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected) {
            focused.focus({ preventScroll: true });
        }
    }
}

/** Focuses a field; what is typed takes the place of what is in it, as after Tab. */
function enter(control: HTMLElement | undefined): void {
    control?.focus();
    if (control instanceof HTMLInputElement) control.select();
}

function part<E extends HTMLElement = HTMLElement>(scope: ParentNode, selector: string): E {
    const found = scope.querySelector<E>(selector);
    if (!found) throw new Error(`the page has no ${selector}`);
    return found;
}

function put(body: HTMLElement, rows: Row[]): void {
    rows.forEach((row, at) => {
        const there = body.children[at];
        if (there !== row.tr) body.insertBefore(row.tr, there ?? null);
    });
}
