// The coder's lines beside the reviewer's: each says whether it agrees, is changed, added or removed.
import { type Line, written } from "./desk";
import { element } from "./dom";
import type { Entering } from "./entering";
import type { Coding, Compared, Difference } from "./review-desk";

/** What became of a line. */
type Mark = "agreed" | "changed" | "added" | "removed";

const TONES: Record<Mark, string> = { agreed: "good", changed: "warn", added: "info", removed: "bad" };
const MARKS: Mark[] = ["agreed", "changed", "added", "removed"];

/** Another code in a line's place, rather than a detail of the same code. */
const REPLACED = ["changed", "level"];
/** Before the values of a detail that differs. */
const DETAILS: Record<string, string> = {
    poa: "POA ",
    modifier: "Modifiers ",
    units: "Units ",
    resequenced: "",
};

export class Beside {
    readonly #entering: Entering;
    readonly #coding: Coding;
    readonly #removed: { diagnoses: HTMLElement; procedures: HTMLElement };
    /** The reviewer's line for each of the coder's that has one. */
    #pairs = new Map<number, number>();

    constructor(root: HTMLElement, entering: Entering, coding: Coding) {
        const part = (name: string) => {
            const found = root.querySelector<HTMLElement>(`[data-removed=${name}]`);
            if (!found) throw new Error(`the page has no place for removed ${name}`);
            return found;
        };
        this.#entering = entering;
        this.#coding = coding;
        this.#removed = { diagnoses: part("diagnoses"), procedures: part("procedures") };
    }

    /** What a coder's line is called: `Coder's line 3 · E11.9`. */
    nameOf(line: number): string {
        const there = this.#coding.lines[line];
        return there ? `Coder’s line ${line + 1} · ${written(there.system, there.code)}` : "";
    }

    /** The coder's line beside the reviewer's one at hand. */
    get selected(): number | null {
        const { rows, selected } = this.#entering.lines;
        const at = selected ? rows.indexOf(selected) : -1;
        return [...this.#pairs].find(([, reviewer]) => reviewer === at)?.[0] ?? null;
    }

    /** Takes the reader to a line of the coder's. */
    reveal(line: number): void {
        const pair = this.#pairs.get(line);
        if (pair !== undefined) {
            this.#entering.lines.focusField(pair, "code");
            return;
        }
        const row = Object.values(this.#removed).map((body) =>
            body.querySelector<HTMLElement>(`[data-coder-line="${line}"]`),
        );
        const [there] = row.filter((found) => found !== null);
        there?.scrollIntoView({ block: "nearest" });
        there?.querySelector("button")?.focus();
    }

    /** Marks every line of both sides; answers how many lines are what, in words. */
    show({ changed, comparison: { agreed, differences } }: Compared): string {
        this.#pairs = new Map(agreed.map(({ coder, reviewer }) => [coder, reviewer]));
        for (const { category, coder, reviewer } of differences) {
            if (REPLACED.includes(category) && coder !== null && reviewer !== null) {
                this.#pairs.set(coder, reviewer);
            }
        }
        const counts = new Map<Mark, number>();
        const count = (mark: Mark) => counts.set(mark, (counts.get(mark) ?? 0) + 1);
        const reviewed = this.#entering.lines.lines();
        const beside = new Map([...this.#pairs].map(([coder, reviewer]) => [reviewer, coder]));
        this.#entering.lines.rows.forEach((row, at) => {
            const own = reviewed[at];
            const coder = this.#coding.lines[beside.get(at) ?? -1];
            const about = differences.filter(({ reviewer }) => reviewer === at);
            const said = coder && own ? details(coder, own, about) : [];
            const mark = !coder ? "added" : said.length > 0 ? "changed" : "agreed";
            row.tr.dataset.mark = mark;
            row.tr.querySelector(".coder-cell")?.replaceChildren(...coderParts(coder, mark, said));
            count(mark);
        });
        const left = this.#coding.lines.flatMap((line, at) => (this.#pairs.has(at) ? [] : [{ line, at }]));
        if (left.length > 0) counts.set("removed", left.length);
        this.#showRemoved(left);
        const words = MARKS.filter((mark) => counts.has(mark)).map((mark) => `${counts.get(mark)} ${mark}`);
        const moved = changed && counts.get("agreed") === this.#coding.lines.length && !counts.has("added");
        return words.join(", ") + (moved ? ", in another order" : "");
    }

    #showRemoved(left: { line: Line; at: number }[]): void {
        const rowsOf = (procedure: boolean) =>
            left
                .filter(({ line }) => (line.role === "procedure") === procedure)
                .map(({ line, at }) => this.#removedRow(line, at));
        const { diagnoses, procedures } = this.#removed;
        diagnoses.replaceChildren(...rowsOf(false));
        procedures.replaceChildren(...rowsOf(true));
    }

    #removedRow(line: Line, at: number): HTMLElement {
        const back = element("button", { class: "button quiet small", type: "button" }, "Put back");
        back.setAttribute("aria-label", `Put back ${this.nameOf(at)}`);
        back.addEventListener("click", () => this.#putBack(line, at));
        const procedure = line.role === "procedure";
        const head = this.#removed[procedure ? "procedures" : "diagnoses"].closest("table")?.tHead;
        const columns = head?.rows[0]?.cells.length ?? 4;
        // The wording takes what the columns of an own line leave, but for the button.
        const what = element("td", { class: "what", colspan: String(Math.max(columns - 5, 1)) });
        what.append(element("span", { class: "wording quiet" }, this.#coding.descriptions[at] ?? ""));
        const row = element(
            "tr",
            {
                "data-mark": "removed",
                "data-coder-line": String(at),
                "aria-label": `${this.nameOf(at)}: removed`,
            },
            element("td", { class: "number" }),
            element("td", { class: "coder-cell" }, ...coderParts(line, "removed", [])),
            element("td", { class: "code-cell quiet" }, "–"),
            what,
        );
        row.append(element("td", { class: "put-back", colspan: "2" }, back));
        return row;
    }

    /** The coder's line again, where it was, for the diagnoses it was for as far as they are there. */
    #putBack(line: Line, at: number): void {
        const { lines } = this.#entering;
        const isReported = ({ role }: Line) => role === "principal" || role === "secondary";
        const indices = (all: Line[]) => all.flatMap((one, place) => (isReported(one) ? [place] : []));
        const [coders, own] = [indices(this.#coding.lines), indices(lines.lines())];
        const pointers = line.pointers
            .map((number) => own.indexOf(this.#pairs.get(coders[number - 1] ?? -1) ?? -1) + 1)
            .filter((number) => number > 0);
        const procedure = line.role === "procedure";
        const before = this.#coding.lines.slice(0, at);
        const place = before.filter(({ role }) => (role === "procedure") === procedure).length;
        const description = this.#coding.descriptions[at] ?? null;
        lines.insert({ ...line, pointers, description }, place);
    }
}

/** What differs between the lines of a pair, shortest form first read: `POA Y → N`. */
function details(coder: Line, own: Line, about: Difference[]): string[] {
    const said = about.map(({ category, detail }) => {
        if (REPLACED.includes(category)) return "another code";
        const values = detail.slice(detail.indexOf(": ") + 2);
        return `${DETAILS[category] ?? ""}${values}`;
    });
    if (coder.pointers.join() !== own.pointers.join()) {
        said.push(`For dx ${coder.pointers.join(" ") || "none"} → ${own.pointers.join(" ") || "none"}`);
    }
    if (JSON.stringify(places(coder)) !== JSON.stringify(places(own))) said.push("evidence");
    return said;
}

function places({ evidence }: Line): unknown[] {
    return evidence ? Object.entries(evidence).sort() : [];
}

function coderParts(line: Line | undefined, mark: Mark, said: string[]): Node[] {
    const code = line ? written(line.system, line.code) : "";
    const badge = element("span", { class: "badge", "data-tone": TONES[mark] }, mark);
    const head = element("span", { class: "coder-code" });
    if (code) head.append(element(mark === "removed" ? "s" : "span", { class: "code" }, code));
    head.append(badge);
    const values = said.filter((words) => words !== "another code");
    if (values.length === 0) return [head];
    const words = values.join("; ");
    return [head, element("span", { class: "coder-detail truncate", title: words }, words)];
}
