// What was done, told where it stays: errors until they are dismissed, the rest for a while. The place is
// there from the beginning, so that it is read out.
import { element } from "./dom";

const SHOWN_MS = 8_000;

/** What became of some charts. */
export interface BulkDone {
    done: number;
    refused: number;
    charts: { chart_id: string; reference: string; done: boolean; refused: string | null }[];
}

let timer: ReturnType<typeof setTimeout> | undefined;

export function say(text: string, tone: "success" | "info" | "error", ...more: Node[]): void {
    const place = document.getElementById("board-said");
    if (!place) return;
    clearTimeout(timer);
    const close = element("button", { class: "button quiet small square", type: "button" }, "×");
    close.setAttribute("aria-label", "Dismiss");
    const told = element("div", { class: "told" }, element("strong", {}, text), ...more);
    const shown = element("div", { class: tone === "info" ? "notice" : `notice ${tone}` }, told, close);
    close.addEventListener("click", () => shown.remove());
    place.replaceChildren(shown);
    if (tone !== "error") timer = setTimeout(() => shown.remove(), SHOWN_MS);
}

/** Tells chart by chart what was refused. */
export function sayDone(answer: BulkDone, done: string): void {
    const refused = answer.charts.filter((chart) => !chart.done);
    const first = answer.charts.find((chart) => chart.done);
    const counted = answer.done === 1 ? (first?.reference ?? "1 chart") : plural(answer.done, "chart");
    if (refused.length === 0) {
        say(`${counted} ${done}.`, "success");
        return;
    }
    const list = element("ul");
    for (const chart of refused) {
        const reference = element("span", { class: "code" }, chart.reference);
        list.append(element("li", {}, reference, ` ${chart.refused ?? ""}`));
    }
    const lead = answer.done === 0 ? "" : `${counted} ${done}. `;
    say(`${lead}${plural(refused.length, "chart")} refused:`, "error", list);
}

export function plural(count: number, noun: string): string {
    return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
