// Charts dragged onto a person. From the moment the drag begins everybody is marked with the answer of the
// rules; whoever is barred takes no drop, and where a reason is needed the dialog asks for it.
import { Problem } from "./api";
import { askPerson, type Chart, type Fit, type Fitting, fittingOf, give, needsReason } from "./board-assign";
import { sayGiven, VERDICTS } from "./board-assign";
import { plural, say } from "./board-said";
import type { Selection } from "./board-select";

/** Resting so long on the folded people opens them. */
const UNFOLD_MS = 500;

interface Drag {
    charts: Chart[];
    fitting?: Fitting;
}

let drag: Drag | undefined;

export function attachDragging(board: HTMLElement, selection: Selection): void {
    board.addEventListener("dragstart", (event) => begin(event, selection));
    board.addEventListener("dragend", end);
    board.addEventListener("dragover", (event) => {
        const person = personAt(event);
        over(person);
        if (!drag || !person || fitOf(person)?.verdict === "barred") return;
        event.preventDefault();
        if (event.dataTransfer) event.dataTransfer.dropEffect = "move";
    });
    board.addEventListener("drop", (event) => {
        const person = personAt(event);
        if (!drag || !person) return;
        event.preventDefault();
        void drop(drag, person.dataset.person ?? "", selection);
    });
    board.addEventListener("dragenter", unfold);
}

function personAt(event: DragEvent): HTMLElement | null {
    return event.target instanceof Element ? event.target.closest<HTMLElement>("tr[data-person]") : null;
}

function fitOf(person: HTMLElement): Fit | undefined {
    return drag?.fitting?.people.find((fit) => fit.person_id === person.dataset.person);
}

function begin(event: DragEvent, selection: Selection): void {
    const source = event.target instanceof Element ? event.target : null;
    const grip = source?.closest<HTMLElement>("[data-drag-chart]");
    const row = source?.closest<HTMLElement>("tr[data-chart]");
    let charts: Chart[] = [];
    if (grip) {
        charts = [{ id: grip.dataset.dragChart ?? "", reference: grip.dataset.reference ?? "", held: true }];
    } else if (row) charts = selection.with(row);
    if (charts.length === 0 || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", charts.map((chart) => chart.reference).join(", "));
    const begun: Drag = { charts };
    drag = begun;
    document.body.dataset.dragging = "";
    say(`Dragging ${plural(charts.length, "chart")}: drop on a person who may have it.`, "info");
    fittingOf(charts).then(
        (fitting) => {
            if (drag !== begun) return;
            begun.fitting = fitting;
            mark(fitting);
        },
        (problem: unknown) => {
            if (!(problem instanceof Problem)) throw problem;
            say(`The rules could not be asked. ${problem.message}`, "error");
        },
    );
}

/** Everybody's row says what would happen. */
function mark(fitting: Fitting): void {
    for (const fit of fitting.people) {
        const row = document.getElementById(`p-${fit.person_id}`);
        const told = row?.querySelector(".fit");
        if (!row || !told) continue;
        row.dataset.fit = fit.verdict;
        const { words } = VERDICTS[fit.verdict];
        told.textContent = fit.words === "" ? words : `${words}: ${fit.words}`;
    }
}

function over(person: HTMLElement | null): void {
    for (const row of document.querySelectorAll("tr.over")) if (row !== person) row.classList.remove("over");
    person?.classList.add("over");
}

let unfolding: ReturnType<typeof setTimeout> | undefined;

function unfold(event: DragEvent): void {
    clearTimeout(unfolding);
    const summary = event.target instanceof Element ? event.target.closest("summary") : null;
    const folded = summary?.parentElement;
    if (!(folded instanceof HTMLDetailsElement) || folded.open || !drag) return;
    unfolding = setTimeout(() => (folded.open = true), UNFOLD_MS);
}

function end(): void {
    drag = undefined;
    clearTimeout(unfolding);
    over(null);
    delete document.body.dataset.dragging;
    for (const row of document.querySelectorAll<HTMLElement>("[data-fit]")) {
        delete row.dataset.fit;
        const told = row.querySelector(".fit");
        if (told) told.textContent = "";
    }
}

async function drop({ charts, fitting }: Drag, person: string, selection: Selection): Promise<void> {
    const fit = fitting?.people.find((fit) => fit.person_id === person);
    if (!fit || !fitting || fit.verdict !== "eligible" || needsReason(fit, fitting)) {
        await askPerson(charts, selection, person);
        return;
    }
    try {
        sayGiven(await give(charts, fit, "", selection), fit);
    } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        say(`Nothing was given to ${fit.name}. ${problem.message}`, "error");
    }
}
