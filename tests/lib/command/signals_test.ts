import { assertEquals } from "@std/assert";
import { Terminal, terminalTest } from "../../terminal/terminal.ts";

const STUBBORN = new URL("stubborn.ts", import.meta.url).pathname;

terminalTest("a command that is told twice to end says that it does so at once", async (t) => {
  for (const key of ["C-c", "C-\\"]) {
    await t.step(key, async () => {
      using terminal = await Terminal.open({
        columns: 80,
        rows: 24,
        command: [Deno.execPath(), "run", "-q", "-A", STUBBORN],
        env: Deno.env.toObject(),
      });
      await terminal.shows("at work");
      await terminal.press(key);
      await terminal.shows("heard");
      await terminal.press("C-c");
      assertEquals(await terminal.end(), 130);
      const said = (await terminal.lines()).join("\n").replaceAll("^C", "").replaceAll("^\\", "");
      assertEquals(
        said,
        "at work\nheard\n" +
          "pitboot stubborn: stopped at once; run it again: it continues where it stopped",
      );
    });
  }
});
