// <table data-sortable> sorts by its heads marked data-sort="text|number" (cells may carry
// data-value); <input data-filter="table-id"> shows only the rows that contain its words.

interface Order {
    column: number;
    direction: "ascending" | "descending";
}

/** The reader's order and words outlive a live refresh of the table. */
const orders = new Map<string, Order>();

export function attachTables(root: ParentNode): void {
    for (const table of root.querySelectorAll<HTMLTableElement>("table[data-sortable]")) {
        makeSortable(table);
    }
    const filters = document.querySelectorAll<HTMLInputElement>("input[data-filter]");
    for (const filter of filters) {
        if (root.contains(filter)) filter.addEventListener("input", () => narrow(filter));
        if (filter.value !== "") narrow(filter);
    }
}

function makeSortable(table: HTMLTableElement): void {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    heads.forEach((head, column) => {
        if (head.dataset.sort === undefined || head.querySelector(".sort")) return;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "sort";
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener("click", () => {
            const turned = head.getAttribute("aria-sort") === "ascending";
            order(table, { column, direction: turned ? "descending" : "ascending" });
        });
    });
    const kept = orders.get(table.id);
    if (table.id && kept) order(table, kept);
}

function order(table: HTMLTableElement, by: Order): void {
    if (table.id) orders.set(table.id, by);
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
    for (const head of heads) head.removeAttribute("aria-sort");
    const head = heads[by.column];
    head?.setAttribute("aria-sort", by.direction);
    const numeric = head?.dataset.sort === "number";
    const sign = by.direction === "ascending" ? 1 : -1;
    for (const body of table.tBodies) {
        const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, by.column) }));
        rows.sort((a, b) => sign * compare(a.key, b.key, numeric));
        body.append(...rows.map(({ row }) => row));
    }
}

function keyOf(row: HTMLTableRowElement, column: number): string {
    const cell = row.cells[column];
    return (cell?.dataset.value ?? cell?.textContent ?? "").trim();
}

function compare(a: string, b: string, numeric: boolean): number {
    if (!numeric) return a.localeCompare(b, undefined, { numeric: true, sensitivity: "base" });
    return amount(a) - amount(b);
}

/** The number a cell shows; what shows none sorts as nothing. */
function amount(text: string): number {
    return Number.parseFloat(text.replace(/[,%$]/g, "")) || 0;
}

function narrow(filter: HTMLInputElement): void {
    const table = document.getElementById(filter.dataset.filter ?? "");
    if (!(table instanceof HTMLTableElement)) return;
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
        const text = (row.textContent ?? "").toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) shown += 1;
    }
    const told = document.querySelector(`[data-filter-count="${CSS.escape(table.id)}"]`);
    if (told) told.textContent = shown === 1 ? "1 row" : `${shown} rows`;
}
