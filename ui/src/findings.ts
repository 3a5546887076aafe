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

    constructor(scope: ParentNode, host: FindingsHost) {
        const [list, summary] = [
            scope.querySelector<HTMLElement>("[data-findings=list]"),
            scope.querySelector<HTMLElement>("[data-findings=summary]"),
        ];
        if (!list || !summary) throw new Error("the page has no place for findings");
        this.#host = host;
        this.#list = list;
        this.#summary = summary;
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
        const typing = this.#list.contains(document.activeElement) && document.activeElement?.id;
        this.#list.replaceChildren(...findings.map((finding, at) => this.#item(finding, at, keys)));
        if (typing) document.getElementById(typing)?.focus();
        this.#sum();
    }

    /** What is known is out of date, or can't be had. */
    showState(words: string): void {
        this.#summary.replaceChildren(element("span", { class: "quiet" }, words));
    }

    load(dismissals: Dismissal[], keys: string[]): void {
        for (const { rule, line, reason } of dismissals) {
            this.#reasons.set(`${rule} ${line === null ? "" : (keys[line] ?? "")}`, reason);
        }
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

    focusFirst(): void {
        this.#list.querySelector<HTMLElement>("button")?.focus();
    }

    focusReason(finding: Finding): void {
        document.getElementById(`reason-${this.#findings.indexOf(finding)}`)?.focus();
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
        const item = element("li", {}, go);
        const takesReason = finding.severity === "warning" && this.#host.changed !== undefined;
        if (takesReason) item.append(this.#reasonEntry(finding, at, keys));
        return item;
    }

    #reasonEntry(finding: Finding, at: number, keys: string[]): HTMLElement {
        const input = element("input", {
            class: "input",
            id: `reason-${at}`,
            maxlength: REASON_CHARACTERS_MAX,
            placeholder: "Why it is right as it stands",
            "aria-label": `Reason to keep it: ${finding.message}`,
        });
        const key = this.#key(finding, keys);
        input.value = this.#reasons.get(key) ?? "";
        input.addEventListener("input", () => {
            this.#reasons.set(key, input.value);
            this.#sum();
            this.#host.changed?.();
        });
        return input;
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
