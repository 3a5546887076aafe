// What the codes group to: the MS-DRG of a stay with its reasons, the risk-adjustment categories of a chart.
// It explains; it never points to another group.
import type { CategoryCounted, Grouping, Meaning, RiskSummary } from "./desk";
import { shown } from "./desk-view";
import { element } from "./dom";
import type { Row } from "./line-row";

const DETAIL_WORDS: Record<string, string> = {
    service_date: "the date",
    face_to_face: "the face-to-face visit",
    meat: "MEAT",
    provider: "the provider",
};

/**
 * Draws what the codes mean; nothing where no lists are loaded that tell. Beside a coder's codes it says what
 * those mean, where that is something else.
 */
export function drawGrouping(meaning: Meaning | null, coder?: Meaning): void {
    const place = shown<HTMLDetailsElement>("grouping");
    const risk = meaning?.risk ?? [];
    place.hidden = !meaning || (!meaning.drg && risk.length === 0);
    if (place.hidden || !meaning) return;
    const head = meaning.drg ? drgHead(meaning.drg) : riskHead(risk);
    const body = meaning.drg ? drgBody(meaning.drg) : risk.map(riskTable);
    const other = coder ? coderWords(meaning, coder) : undefined;
    if (other !== undefined) {
        head.splice(1, 0, element("span", { class: "badge", "data-tone": "warn" }, "not the coder’s"));
        body.unshift(element("p", { class: "small strong" }, other));
    }
    shown("grouping-head").replaceChildren(...head);
    shown("grouping-body").replaceChildren(...body);
}

/** What the coder's codes group to; undefined when it is the same. */
function coderWords(own: Meaning, coder: Meaning): string | undefined {
    if (own.drg || coder.drg) {
        if (own.drg?.drg === coder.drg?.drg) return undefined;
        const number = coder.drg?.drg ?? null;
        if (number === null) return "The coder’s codes group to no clear MS-DRG.";
        return `The coder’s codes group to MS-DRG ${threeDigits(number)} ${coder.drg?.title ?? ""}.`;
    }
    const counted = ({ risk }: Meaning): string =>
        (risk[0]?.categories ?? [])
            .filter(({ replaced_by }) => replaced_by === null)
            .map(({ category }) => `HCC ${category}`)
            .join(", ");
    if (counted(own) === counted(coder)) return undefined;
    return `The coder’s codes count as ${counted(coder) || "no category"}.`;
}

/** Puts what single lines weigh beside their wording; what does not count here is struck out. */
export function tagLines(rows: readonly Row[], meaning: Meaning | null): void {
    rows.forEach((row, line) => {
        row.tr.querySelector(".line-tags")?.remove();
        const tags = meaning?.tags.filter((tag) => tag.line === line) ?? [];
        if (tags.length === 0) return;
        const place = element("span", { class: "line-tags" });
        for (const { text, counts, title } of tags) {
            const badge = element("span", { class: counts ? "badge" : "badge discounted", title }, text);
            if (!counts) badge.append(element("span", { class: "unseen" }, `, ${title}`));
            place.append(badge);
        }
        row.tr.querySelector(".what")?.prepend(place);
    });
}

function drgHead(found: Grouping): HTMLElement[] {
    const number = found.drg === null ? "not clear" : threeDigits(found.drg);
    const tone = found.unclear ? "warn" : "info";
    const badge = element("span", { class: "badge", "data-tone": tone }, `MS-DRG ${number}`);
    const words = found.drg === null ? (found.unclear ?? "") : (found.title ?? "");
    return [badge, element("span", { class: "truncate", title: words }, words)];
}

function drgBody(found: Grouping): HTMLElement[] {
    const list = element("ul", { class: "grouping-reasons" });
    if (found.unclear) list.append(element("li", {}, found.unclear));
    if (found.candidates.length > 0) {
        const either = found.candidates.map(threeDigits).join(" or ");
        list.append(element("li", {}, `It may be ${either}.`));
    }
    for (const reason of found.reasons) list.append(element("li", {}, reason.text));
    const kind = found.drg === null ? "" : found.surgical ? "Surgical. " : "Medical. ";
    return [list, element("p", { class: "quiet small" }, `${kind}CMS MS-DRG definitions ${found.version}.`)];
}

function riskHead(risk: RiskSummary[]): HTMLElement[] {
    const [first] = risk;
    const counting = first?.categories.filter(({ replaced_by }) => replaced_by === null) ?? [];
    const badge = element("span", { class: "badge", "data-tone": "info" }, `CMS-HCC ${first?.model ?? ""}`);
    const numbers = counting.map(({ category }) => `HCC ${category}`).join(", ");
    return [badge, element("span", { class: "truncate", title: numbers }, numbers || "no category yet")];
}

function riskTable({ model, categories }: RiskSummary): HTMLElement {
    const section = element("section", { "aria-label": `CMS-HCC ${model}` });
    section.append(element("h3", {}, `CMS-HCC ${model}`));
    if (categories.length === 0) {
        section.append(element("p", { class: "quiet small" }, "No diagnosis maps to a category."));
        return section;
    }
    const list = element("ul", { class: "grouping-reasons" });
    list.append(...categories.map(categoryItem));
    section.append(list);
    return section;
}

function categoryItem(it: CategoryCounted): HTMLElement {
    const item = element("li", {}, element("strong", {}, `HCC ${it.category}`), ` ${it.label}`);
    if (it.replaced_by !== null) {
        item.classList.add("quiet");
        item.append(`: replaced by HCC ${it.replaced_by} of this chart`);
    } else if (it.lacking.length > 0) {
        const words = it.lacking.map((detail) => DETAIL_WORDS[detail] ?? detail).join(", ");
        item.append(" ", element("span", { class: "badge", "data-tone": "warn" }, `still needs ${words}`));
    }
    return item;
}

function threeDigits(drg: number): string {
    return String(drg).padStart(3, "0");
}
