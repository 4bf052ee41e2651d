/** `status --forget`: a component that will not come back leaves `status`. */
import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ventes } from "../../integration-tests/support/in-process.ts";
import { scratchDirectory } from "../../integration-tests/support/ventes.ts";

it("removes what is named, once, and says which names there are", async () => {
  const folder = scratchDirectory();
  const data = join(folder, "data");
  writeFileSync(join(folder, "magasins.csv"), "id_magasin,ville\n1,Brest\n");
  await ventes(["start", "--once", "--data", data, join(folder, "magasins.csv")]);
  const id = `${hostname()}:${data}`;
  const forget = (name: string) => ventes(["status", "--data", data, "--forget", name]);

  const unknown = await forget("nowhere");
  expect(unknown).toMatchObject({ code: 1, stdout: "" });
  expect(unknown.stderr).toContain("no component is called nowhere; known: ");
  expect(unknown.stderr).toContain(`producer ${id}`);

  expect(await forget(`producer ${id}`)).toMatchObject({
    code: 0,
    stdout: `producer ${id} is forgotten: its state is no longer in the topics\n`,
  });
  const left = await ventes(["status", "--json", "--data", data]);
  const components = (JSON.parse(left.stdout) as { components: { component: string }[] }).components;
  expect(components.map(({ component }) => component).sort()).toEqual(["analyzer", "consumer"]);
  expect((await forget(id)).stdout.trim().split("\n")).toHaveLength(2);
  expect((await forget(id)).stderr).toContain("known: none");
});
