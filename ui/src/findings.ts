// What the edits say, below the lines: each finding leads to its field, each warning takes a reason.
import type { Dismissal, Finding } from "./desk";
import { element } from "./dom";

const REASON_CHARACTERS_MAX = "300";
const WORDS = { error: "Error", warning: "Warning", advice: "Advice" } as const;
const SEVERITIES = ["error", "warning", "advice"] as const;
const TONES = { error: "bad", warning: "warn", advice: "info" } as const;

export interface FindingsHost {
    /** Takes the reader to what a finding is about. */
    go: (finding: Finding) => void;
    /** A reason was entered or changed; absent where warnings take none. */
    changed?: () => void;
    /** How a line is called: `Line 3`, `Procedure 1`. */
    nameOf: (line: number) => string;
}

export class Findings {
    readonly #host: FindingsHost;
    readonly #list: HTMLElement;
    readonly #summary: HTMLElement;
    #findings: Finding[] = [];
    /** Reasons by rule and by the line itself, so that they stay with it when it moves. */
    readonly #reasons = new Map<string, string>();
    /** The entries for them, which stay the same while findings come and go: somebody types in one. */
    readonly #entries = new Map<string, HTMLInputElement>();

    constructor(scope: ParentNode, host: FindingsHost) {
        const [list, summary] = [
            scope.querySelector<HTMLElement>("[data-findings=list]"),
            scope.querySelector<HTMLElement>("[data-findings=summary]"),
        ];
        if (!list || !summary) throw new Error("the page has no place for findings");
        this.#host = host;
        this.#list = list;
        this.#summary = summary;
        list.addEventListener("keydown", (event) => this.#step(event));
    }

    get all(): Finding[] {
        return this.#findings;
    }

    /** Errors, and warnings without a reason: what stands in the way of handing in. */
    obstacles(keys: string[]): Finding[] {
        return this.#findings.filter((finding) => {
            if (finding.severity === "error") return true;
            return finding.severity === "warning" && this.#reason(finding, keys) === "";
        });
    }

    /** `keys` names each line by what it reports, in the order of the lines. */
    show(findings: Finding[], keys: string[]): void {
        const weight = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
        findings = [...findings].sort((a, b) => weight(a) - weight(b));
        this.#findings = findings;
        const focused = this.#list.contains(document.activeElement) ? document.activeElement : null;
        const was = focused?.closest("li");
        const asked = new Set<string>();
        const items = findings.map((finding, at) => {
            const item = this.#item(finding, at, keys);
            const key = this.#key(finding, keys);
            // One reason is for all that a rule says of a line.
            const takesReason = finding.severity === "warning" && this.#host.changed !== undefined;
            if (takesReason && !asked.has(key)) {
                const entry = this.#entryFor(finding, key);
                item.append(entry, ...offer(entry, finding.excuses ?? [], `excuses-${at}`));
            }
            asked.add(key);
            return item;
        });
        const gone = was && !items.some((item) => item.dataset.finding === was.dataset.finding);
        // What somebody is giving a reason for does not vanish under their hands.
        if (gone && focused instanceof HTMLInputElement) items.push(was);
        this.#list.replaceChildren(...items);
        const again = items.find((item) => item.dataset.finding === was?.dataset.finding);
        if (focused instanceof HTMLInputElement) focused.focus();
        else if (focused) (again ?? this.#list).querySelector<HTMLElement>("button")?.focus();
        this.#sum();
    }

    /** What is known is out of date, or can't be had. */
    showState(words: string): void {
        this.#summary.replaceChildren(element("span", { class: "quiet" }, words));
    }

    load(dismissals: Dismissal[], keys: string[]): void {
        this.#reasons.clear();
        this.#entries.clear();
        for (const { rule, line, reason } of dismissals) {
            this.#reasons.set(`${rule} ${line === null ? "" : (keys[line] ?? "")}`, reason);
        }
    }

    /** Every reason that was given for a line that is still there, also while nothing is known of it. */
    given(keys: string[]): Dismissal[] {
        const places = new Map(keys.map((key, line): [string, number | null] => [key, line]));
        places.set("", null);
        return [...this.#reasons].flatMap(([about, text]) => {
            const [rule = "", key = ""] = about.split(" ");
            const [line, reason] = [places.get(key), text.trim()];
            return line === undefined || reason === "" ? [] : [{ rule, line, reason }];
        });
    }

    /** The reasons for the findings that are there. */
    dismissals(keys: string[]): Dismissal[] {
        const warnings = this.#findings.filter(({ severity }) => severity === "warning");
        return warnings
            .map((finding) => ({
                rule: finding.rule,
                line: finding.line,
                reason: this.#reason(finding, keys),
            }))
            .filter(({ reason }) => reason !== "");
    }

    idOf(finding: Finding): string {
        return `finding-${this.#findings.indexOf(finding)}`;
    }

    /** Marks one of them, and brings it into sight. */
    pointAt(finding: Finding): void {
        for (const item of this.#list.children) item.removeAttribute("aria-current");
        const item = document.getElementById(this.idOf(finding))?.closest("li");
        item?.setAttribute("aria-current", "true");
        item?.scrollIntoView({ block: "nearest" });
    }

    focusFirst(): void {
        this.#list.querySelector<HTMLElement>("button")?.focus();
    }

    focusReason(finding: Finding, keys: string[]): void {
        this.#entries.get(this.#key(finding, keys))?.focus();
    }

    #key(finding: Finding, keys: string[]): string {
        return `${finding.rule} ${finding.line === null ? "" : (keys[finding.line] ?? "")}`;
    }

    #reason(finding: Finding, keys: string[]): string {
        return this.#reasons.get(this.#key(finding, keys))?.trim() ?? "";
    }

    #item(finding: Finding, at: number, keys: string[]): HTMLElement {
        const where = finding.line === null ? "" : this.#host.nameOf(finding.line);
        const go = element("button", { class: "finding", type: "button", id: `finding-${at}` });
        const place = where ? [element("strong", {}, `${where}. `)] : [];
        const tone = TONES[finding.severity];
        go.append(
            element("span", { class: "badge", "data-tone": tone }, WORDS[finding.severity]),
            element("span", {}, ...place, finding.message),
            element("span", { class: "quiet truncate" }, finding.source),
        );
        go.title = `${finding.source} (${finding.rule})`;
        go.addEventListener("click", () => this.#host.go(finding));
        return element("li", { "data-finding": `${this.#key(finding, keys)} ${finding.message}` }, go);
    }

    #entryFor(finding: Finding, key: string): HTMLElement {
        const known = this.#entries.get(key);
        if (known) return known;
        const input = element("input", {
            class: "input",
            maxlength: REASON_CHARACTERS_MAX,
            placeholder: "Why it is right as it stands",
            "aria-label": `Reason to keep it: ${finding.message}`,
        });
        this.#entries.set(key, input);
        input.value = this.#reasons.get(key) ?? "";
        input.addEventListener("input", () => {
            this.#reasons.set(key, input.value);
            this.#sum();
            this.#host.changed?.();
        });
        return input;
    }

    /** Arrows go from one finding to the next, and to the reason of a warning. */
    #step(event: KeyboardEvent): void {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
        const stops = [...this.#list.querySelectorAll<HTMLElement>("button, input")];
        const at = stops.findIndex((stop) => stop === document.activeElement);
        if (at < 0) return;
        event.preventDefault();
        stops[Math.min(Math.max(at + step, 0), stops.length - 1)]?.focus();
    }

    #sum(): void {
        const count = (severity: Finding["severity"]) =>
            this.#findings.filter((finding) => finding.severity === severity).length;
        const parts = SEVERITIES.map((severity) => ({ severity, number: count(severity) }))
            .filter(({ number }) => number > 0)
            .map(({ severity, number }) => {
                const plural = number === 1 || severity === "advice" ? "" : "s";
                const words = `${number} ${WORDS[severity].toLowerCase()}${plural}`;
                return element("span", { class: "badge", "data-tone": TONES[severity] }, words);
            });
        const fine = element("span", { class: "badge", "data-tone": "good" }, "Nothing stands in the way");
        this.#summary.replaceChildren(...(parts.length > 0 ? parts : [fine]));
    }
}

/** The reasons that usually hold are offered; any other may be written. */
function offer(entry: HTMLElement, excuses: string[], id: string): HTMLElement[] {
    if (excuses.length === 0) return [];
    const list = element("datalist", { id });
    list.append(...excuses.map((excuse) => element("option", { value: excuse })));
    entry.setAttribute("list", id);
    return [list];
}
