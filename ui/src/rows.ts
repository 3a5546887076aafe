// Rows of entries that the reader adds and removes; entries.ts reads them as a list of objects.
//
//   <tbody data-rows="shifts"><tr data-row>… <button type="button" data-row-remove></tr></tbody>
//   <template data-row-of="shifts">one empty row</template>
//   <button type="button" data-row-add="shifts">

export function attachRows(): void {
    document.addEventListener("click", (event) => {
        if (!(event.target instanceof Element)) return;
        const remover = event.target.closest<HTMLElement>("[data-row-remove]");
        if (remover) remove(remover);
        const adder = event.target.closest<HTMLElement>("[data-row-add]");
        if (adder) add(adder);
    });
}

function add(adder: HTMLElement): void {
    const form = adder.closest("form");
    const name = CSS.escape(adder.dataset.rowAdd ?? "");
    const rows = form?.querySelector(`[data-rows="${name}"]`);
    const template = form?.querySelector<HTMLTemplateElement>(`template[data-row-of="${name}"]`);
    if (!rows || !template) return;
    rows.append(template.content.cloneNode(true));
    rows.lastElementChild?.querySelector<HTMLElement>("input, select")?.focus();
}

/** What is pressed next stays under the hand: the row that moves up, or the button that adds one. */
function remove(remover: HTMLElement): void {
    const row = remover.closest<HTMLElement>("[data-row]");
    const next = row?.nextElementSibling ?? row?.previousElementSibling;
    const form = remover.closest("form");
    row?.remove();
    const button = next?.querySelector<HTMLElement>("[data-row-remove]");
    (button ?? form?.querySelector<HTMLElement>("[data-row-add]"))?.focus();
}
