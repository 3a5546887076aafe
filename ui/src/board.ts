// The lead's board: what is done with the charts that are selected, or that have the focus.
//
//   [data-board]                        the board of somebody who may give charts
//   <button data-act="assign|revoke|tick|clear">
import { newKey, call, Problem } from "./api";
import { askPerson, type Chart } from "./board-assign";
import { attachDragging } from "./board-drag";
import { attachPeopleFilter } from "./board-people";
import { type BulkDone, plural, say, sayDone } from "./board-said";
import { attachSelection, type Selection } from "./board-select";
import { confirm } from "./confirm";
import { refreshSoon } from "./live";

export function attachBoard(): void {
    if (!document.querySelector(".lead-board")) return;
    attachPeopleFilter();
    const selection = attachSelection();
    const board = document.querySelector<HTMLElement>("[data-board]");
    if (!board) return;
    attachDragging(board, selection);
    board.addEventListener("click", (event) => {
        const button = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-act]") : null;
        if (button) void act(button.dataset.act ?? "", selection);
    });
}

async function act(what: string, selection: Selection): Promise<void> {
    if (what === "clear") selection.clear();
    else if (what === "tick") selection.toggleCurrent();
    else if (what === "assign") await assign(selection);
    else if (what === "revoke") await takeBack(selection);
}

async function assign(selection: Selection): Promise<void> {
    const charts = selection.chosen();
    if (charts.length === 0) say("Select a chart first, or move the focus to one.", "info");
    else await askPerson(charts, selection);
}

async function takeBack(selection: Selection): Promise<void> {
    const chosen = selection.chosen();
    const charts = chosen.filter((chart) => chart.held);
    if (charts.length === 0) {
        const none = chosen.length === 0 ? "Select a chart in hand first." : "Nobody holds what you selected.";
        say(none, "info");
        return;
    }
    const reason = await confirm({
        text: `Take ${named(charts)} back? Drafts stay with the charts.`,
        yes: "Take back",
        danger: true,
        ask: "Reason, for whoever loses a chart (no patient data)",
    });
    if (reason === undefined) return;
    try {
        const ids = charts.map((chart) => chart.id);
        const done = await call<BulkDone>("POST", "/api/v1/board/revoke", { charts: ids, reason }, newKey());
        selection.keepRefused(done);
        sayDone(done, "taken back; they wait again");
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        say(`Nothing was taken back. ${problem.message}`, "error");
    }
    refreshSoon();
}

function named(charts: Chart[]): string {
    return charts.length === 1 ? (charts[0]?.reference ?? "") : plural(charts.length, "chart");
}
