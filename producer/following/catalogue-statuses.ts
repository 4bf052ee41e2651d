/** The statuses of this producer's catalogues. Calls `onChange` with all of them when one changes. */
import type { CatalogueStatus } from "#shared/contract/status.ts";

export class CatalogueStatuses {
  readonly #statuses = new Map<string, CatalogueStatus>();
  readonly #onChange: (catalogues: readonly CatalogueStatus[]) => void;

  constructor(onChange: ((catalogues: readonly CatalogueStatus[]) => void) | undefined) {
    this.#onChange = onChange ?? (() => {});
  }

  readonly put = (status: CatalogueStatus): void => {
    this.#statuses.set(status.catalogue, status);
    this.#onChange([...this.#statuses.values()]);
  };

  remove(catalogues: readonly string[]): void {
    const removed = catalogues.filter((catalogue) => this.#statuses.delete(catalogue));
    if (removed.length > 0) this.#onChange([...this.#statuses.values()]);
  }
}
