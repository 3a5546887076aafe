// The form of a facility's own rule: rows of conditions, and the rule said back as a sentence while it grows.
import { call, type FieldFault, type Method, newKey, Problem } from "./api";
import { element } from "./dom";
import { clearFaults, showFaults, showProblem } from "./faults";

interface Word {
    name: string;
    label: string;
}

interface Field extends Word {
    hint: string;
    comparisons: string[];
}

interface Test {
    field: string;
    is: string;
    value: string;
}

type Condition =
    | { of: "line"; there: boolean; kind: string; tests?: Test[] }
    | ({ of: "coding" } & Test);

interface Rule {
    name: string;
    severity: string;
    message: string;
    about?: { kind: string; tests?: Test[] };
    when?: Condition[];
}

interface Offer {
    kinds: Word[];
    fields: Field[];
    matters: Field[];
    rule: Rule | null;
}

interface Read {
    words: string | null;
    fields: FieldFault[];
}

const COMPARISONS: Record<string, string> = {
    among: "is one of",
    not_among: "is none of",
    at_least: "is at least",
    at_most: "is at most",
};
/** The sentence follows the typing by so much. */
const READ_AFTER_MS = 250;

export function attachRuleForm(): void {
    const form = document.querySelector<HTMLFormElement>("form[data-rule-form]");
    if (form) new RuleForm(form);
}

class RuleForm {
    readonly #form: HTMLFormElement;
    readonly #offer: Offer;
    readonly #about: HTMLElement;
    readonly #when: HTMLElement;
    readonly #words: HTMLElement;
    #timer = 0;
    #asked = 0;
    #sending = false;
    #sent = { body: "", key: "" };

    constructor(form: HTMLFormElement) {
        const part = (name: string): HTMLElement => {
            const found = form.querySelector<HTMLElement>(`[data-rule-${name}]`);
            if (!found) throw new Error(`the form of a rule has no ${name}`);
            return found;
        };
        this.#form = form;
        this.#offer = JSON.parse(form.dataset.offer ?? "") as Offer;
        [this.#about, this.#when, this.#words] = [part("about"), part("when"), part("words")];
        this.#drawAbout(this.#offer.rule);
        this.#drawWhen(this.#offer.rule?.when ?? []);
        form.addEventListener("input", (event) => {
            if (event.target instanceof HTMLElement) unmark(event.target);
            this.#later();
        });
        form.addEventListener("submit", (event) => {
            event.preventDefault();
            void this.#send();
        });
        void this.#read();
    }

    #drawAbout(rule: Rule | null): void {
        const whole = { name: "", label: "the coding as a whole" };
        const each = this.#offer.kinds.map(({ name, label }) => ({ name, label: `each ${label}` }));
        const chosen = rule ? (rule.about?.kind ?? "") : "procedure";
        const kind = choice([...each, whole], chosen, "Of what it speaks", "kind");
        const first = this.#offer.fields[0]?.name ?? "";
        const tests = rule ? (rule.about?.tests ?? []) : [{ field: first, is: "among", value: "" }];
        const rows = this.#tests(tests);
        const arrange = (): void => {
            rows.hidden = kind.value === "";
        };
        kind.addEventListener("input", arrange);
        arrange();
        this.#about.append(element("div", { class: "rule-kind" }, kind), rows);
    }

    /** Rows of tests of one kind of line, with the button that adds one. */
    #tests(tests: Test[]): HTMLElement {
        const rows = element("div", { class: "rule-rows", "data-tests": true });
        for (const test of tests) rows.append(this.#test(this.#offer.fields, test));
        const add = element("button", { type: "button", class: "button small" }, "Add a test");
        add.addEventListener("click", () => {
            const first = this.#offer.fields[0];
            if (!first) return;
            const row = this.#test(this.#offer.fields, { field: first.name, is: "among", value: "" });
            rows.append(row);
            row.querySelector<HTMLElement>("select")?.focus();
            this.#later();
        });
        return element("div", { class: "rule-tests" }, rows, add);
    }

    /** One field held against a value. */
    #test(fields: Field[], test: Test, lead: HTMLElement | string = "whose"): HTMLElement {
        const field = choice(fields, test.field, "Field", "field");
        const is = element("select", { class: "input", "aria-label": "Comparison", "data-part": "is" });
        const value = element("input", {
            class: "input",
            "data-part": "value",
            maxlength: "1000",
            autocomplete: "off",
            spellcheck: "false",
            "aria-label": "Values",
        });
        value.value = test.value;
        const arrange = (): void => {
            const now = fields.find(({ name }) => name === field.value);
            const before = is.value || test.is;
            is.replaceChildren(
                ...(now?.comparisons ?? []).map((name) =>
                    element("option", { value: name, selected: name === before }, COMPARISONS[name] ?? name),
                ),
            );
            value.placeholder = now?.hint ?? "";
            value.title = now?.hint ?? "";
        };
        field.addEventListener("input", arrange);
        arrange();
        const row = element("div", { class: "rule-row field", "data-test": true }, lead);
        row.append(field, is, value, this.#remover(row, "test"), element("span", { class: "error" }));
        return row;
    }

    #drawWhen(conditions: Condition[]): void {
        const rows = element("div", { class: "rule-rows", "data-conditions": true });
        for (const condition of conditions) rows.append(this.#condition(condition));
        const add = (label: string, made: () => Condition): HTMLElement => {
            const button = element("button", { type: "button", class: "button small" }, label);
            button.addEventListener("click", () => {
                const row = this.#condition(made());
                rows.append(row);
                row.querySelector<HTMLElement>("select")?.focus();
                this.#later();
            });
            return button;
        };
        const test = { field: this.#offer.fields[0]?.name ?? "", is: "among", value: "" };
        const matter = this.#offer.matters[0];
        const line = add("About another line", () => ({
            of: "line",
            there: true,
            kind: "procedure",
            tests: [test],
        }));
        const coding = add("About patient, stay or coding", () => ({
            of: "coding",
            field: matter?.name ?? "",
            is: matter?.comparisons[0] ?? "",
            value: "",
        }));
        this.#when.append(rows, element("div", { class: "row" }, line, coding));
    }

    #condition(condition: Condition): HTMLElement {
        if (condition.of === "coding") {
            const row = this.#test(this.#offer.matters, condition, "the");
            row.dataset.condition = "coding";
            return row;
        }
        const there = choice(
            [
                { name: "true", label: "there is another" },
                { name: "false", label: "there is no other" },
            ],
            String(condition.there),
            "Whether there is one",
            "there",
        );
        const kind = choice(this.#offer.kinds, condition.kind, "Kind of line", "kind");
        const row = element("div", { class: "rule-line", "data-condition": "line" });
        const head = element("div", { class: "rule-row" }, there, kind, this.#remover(row, "condition"));
        row.append(head, this.#tests(condition.tests ?? []));
        return row;
    }

    #remover(row: HTMLElement, what: string): HTMLElement {
        const button = element(
            "button",
            { type: "button", class: "button quiet small", "aria-label": `Remove this ${what}` },
            "Remove",
        );
        button.addEventListener("click", () => {
            const next = row.nextElementSibling ?? row.previousElementSibling;
            const around = row.parentElement?.parentElement;
            row.remove();
            (next ?? around)?.querySelector<HTMLElement>("select, button")?.focus();
            this.#later();
        });
        return button;
    }

    /** The rule as it stands; the entries are named as the server names their faults. */
    #entered(): Rule {
        const text = (name: string): string =>
            this.#form.querySelector<HTMLInputElement>(`[name="rule.${name}"]`)?.value ?? "";
        const kind = part(this.#about, "kind");
        const rule: Rule = {
            name: text("name"),
            severity: text("severity"),
            message: text("message"),
            when: [...this.#when.querySelectorAll<HTMLElement>("[data-condition]")].map((row, at) => {
                const name = `rule.when.${at}`;
                if (row.dataset.condition === "coding") return { of: "coding", ...testOf(row, name) };
                const there = part(row, "there") === "true";
                return { of: "line", there, kind: part(row, "kind"), tests: testsOf(row, name) };
            }),
        };
        if (kind !== "") rule.about = { kind, tests: testsOf(this.#about, "rule.about") };
        return rule;
    }

    #later(): void {
        window.clearTimeout(this.#timer);
        this.#timer = window.setTimeout(() => void this.#read(), READ_AFTER_MS);
    }

    /** Says the rule back. What is not entered yet is told there, quietly; sending marks it. */
    async #read(): Promise<void> {
        const asked = ++this.#asked;
        try {
            const entered = this.#entered();
            const named = { ...entered, name: entered.name || "…", message: entered.message || "…" };
            const { words, fields } = await call<Read>("POST", "/api/v1/own-rules/read", named);
            if (asked !== this.#asked) return;
            const missing = fields[0] ? `Not readable yet: ${fields[0].message}` : "";
            this.#words.textContent = words ?? missing;
            this.#words.classList.toggle("quiet", words === null);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (asked === this.#asked) this.#words.textContent = problem.message;
        }
    }

    async #send(): Promise<void> {
        if (this.#sending) return;
        this.#sending = true;
        clearFaults(this.#form);
        const [method = "POST", path = ""] = (this.#form.dataset.send ?? "").split(" ");
        const queue = this.#form.querySelector<HTMLSelectElement>("[name=queue_id]")?.value;
        const version = Number(this.#form.dataset.version ?? 0);
        const body = { version, ...(queue ? { queue_id: queue } : {}), rule: this.#entered() };
        try {
            // What may have arrived is repeated under the same key, so that no rule is made twice.
            const said = JSON.stringify(body);
            if (this.#sent.body !== said) this.#sent = { body: said, key: newKey() };
            const { id } = await call<{ id: string }>(method as Method, path, body, this.#sent.key);
            location.assign(`${this.#form.dataset.next ?? ""}${id}`);
        } catch (problem) {
            if (!(problem instanceof Problem)) throw problem;
            if (problem.fields.length === 0) showProblem(this.#form, problem);
            else showFaults(this.#form, "Please correct this first.", problem.fields);
        } finally {
            this.#sending = false;
        }
    }
}

/** What is entered anew is no fault until it is sent again. */
function unmark(entry: HTMLElement): void {
    if (entry.getAttribute("aria-invalid") !== "true") return;
    entry.removeAttribute("aria-invalid");
    entry.closest(".field")?.querySelector(".error")?.replaceChildren();
}

function choice(words: Word[], chosen: string, label: string, partName: string): HTMLSelectElement {
    const options = words.map(({ name, label: shown }) =>
        element("option", { value: name, selected: name === chosen }, shown),
    );
    return element("select", { class: "input", "aria-label": label, "data-part": partName }, ...options);
}

function part(row: HTMLElement, name: string): string {
    return row.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-part="${name}"]`)?.value ?? "";
}

function testsOf(row: HTMLElement, name: string): Test[] {
    const rows = [...row.querySelectorAll<HTMLElement>("[data-test]")];
    return rows.map((test, at) => testOf(test, `${name}.tests.${at}`));
}

function testOf(row: HTMLElement, name: string): Test {
    for (const entry of row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[data-part]")) {
        entry.name = `${name}.${entry.dataset.part ?? ""}`;
    }
    return { field: part(row, "field"), is: part(row, "is"), value: part(row, "value") };
}
