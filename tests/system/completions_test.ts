import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type Shell, SHELLS } from "../../lib/cli/completion_stubs.ts";
import { LINKED } from "../../lib/cli/names.ts";
import { isThere, PITBOOT, temporaryPit } from "../kit.ts";
import { callHere, execute, install, printedBy, temporaryRoot } from "../installation.ts";
import { testWith } from "../needs.ts";

/** That of a PIT as the kit makes it. */
const RELEASE = "fe775c6-1659395320990";
/** A name that a shell must not obey. */
const HOSTILE = "$(touch pwned)";

/** Presses a key behind each line in a shell that has found our completion by itself. */
type Completer = (
  lines: readonly string[],
  where: { readonly share: string; readonly directory: string },
) => Promise<readonly string[]>;

const COMPLETERS: Record<Shell, Completer> = {
  bash: async (lines, { share, directory }) => {
    Deno.writeTextFileSync(
      `${directory}/bashrc`,
      `PS1= PS2=
      cd '${directory}'
      source /usr/share/bash-completion/bash_completion
      take() {
        [[ $READLINE_LINE != exit ]] || exit
        printf '%s\\n' "$READLINE_LINE" >>'${directory}/out'
        READLINE_LINE= READLINE_POINT=0
      }
      bind '"\\C-t": insert-completions'
      bind -x '"\\C-g": take'\n`,
    );
    await execute(
      [
        "timeout",
        "300",
        "script",
        "-qec",
        `bash --noprofile --rcfile '${directory}/bashrc' -i`,
        "/dev/null",
      ],
      {
        stdin: lines.map((line) => `${line}\x14\x07`).join("") + "exit\x07",
        env: { XDG_DATA_DIRS: share, PATH: `${directory}/bin:/usr/bin:/bin` },
      },
    );
    return readLines(`${directory}/out`);
  },
  fish: async (lines, { share, directory }) => {
    const script = lines.map((line) =>
      `echo (complete -C ${fishWord(line)} | string replace -r '\\t.*' '' | string escape -n)`
    );
    // fish completes only what there is.
    for (const [name] of LINKED) {
      Deno.symlinkSync("/bin/true", `${directory}/dir/${name}`);
    }
    const env = {
      XDG_DATA_DIRS: share,
      HOME: directory,
      PATH: `${directory}/bin:${directory}/dir:/usr/bin:/bin`,
    };
    const printed = await printedBy(["fish", "-c", [`cd '${directory}'`, ...script].join("\n")], {
      env,
    });
    return printed.trimEnd().split("\n");
  },
  zsh: async (lines, { share, directory }) => {
    Deno.writeTextFileSync(`${directory}/lines`, lines.join("\n"));
    Deno.writeTextFileSync(
      `${directory}/zshrc`,
      `cd '${directory}'
      fpath=('${share}/zsh/site-functions' $fpath)
      autoload -Uz compinit
      compinit -u -D
      zstyle ':completion:*' completer _complete
      all() { _main_complete; compstate[insert]=all compstate[list]= }
      zle -C all complete-word all
      take() {
        local line
        for line in \${(f)"$(<'${directory}/lines')"}; do
          BUFFER=$line CURSOR=$#line
          zle all
          print -r -- $BUFFER >>'${directory}/out'
        done
        print ALL''-TAKEN
      }
      zle -N take
      bindkey '^T' take\n`,
    );
    const driver = `zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell "source '${directory}/zshrc'"
      zpty -w -n shell $'\\x14'
      zpty -r -m shell reply '*ALL-TAKEN*'
      zpty -d shell`;
    const env = { PATH: `${directory}/bin:/usr/bin:/bin` };
    await printedBy(["timeout", "300", "zsh", "-f", "-c", driver], { env });
    return readLines(`${directory}/out`);
  },
};

for (const shell of SHELLS) {
  const packages = {
    bash: ["bash", "bash-completion", "bsdutils"],
    fish: ["fish"],
    zsh: ["zsh"],
  } as const;
  testWith(`${shell} completes what can be typed`, packages[shell], async (t) => {
    using system = temporaryRoot();
    await install(system.root);
    const directory = `${system.root}/completed`;
    for (const name of ["bin", "dir", HOSTILE]) {
      Deno.mkdirSync(`${directory}/${name}`, { recursive: true });
    }
    for (const name of ["file", "sp ace", `${HOSTILE}.conf`]) {
      Deno.writeTextFileSync(`${directory}/${name}`, "");
    }
    using pit = temporaryPit();
    Deno.symlinkSync(pit.root, `${directory}/a pit`);
    // Somebody else may write there.
    const data = `${pit.root}/var/www/ephemeral/data/k8s`;
    for (const name of [HOSTILE, "1.0 0", "1.0\x1b[2J"]) {
      Deno.symlinkSync(`${data}/${RELEASE}`, `${data}/${name}`);
    }
    // What the shells ask. To one question it gives what pitboot never would.
    const words = PITBOOT.map((word) => `'${word}'`).join(" ");
    const script = `#!/bin/sh
      case "$*" in *--hostile) printf '%s\\n' '--hostile${HOSTILE}'; exit ;; esac
      shift
      exec ${words} completions --root='/nowhere' "$@"\n`;
    Deno.writeTextFileSync(`${directory}/bin/pitboot`, script, { mode: 0o755 });
    const cases = casesFor(directory, pit.nodes.map(({ name }) => name));
    const share = `${system.root}/usr/local/share`;
    const lines = cases.map(([line]) => line);
    const completed = await COMPLETERS[shell](lines, { share, directory });
    for (const [i, [line, expected]] of cases.entries()) {
      await t.step(line.replaceAll(directory, "…"), () => {
        assertEquals(candidates(line, completed[i] ?? "nothing"), [...expected].sort());
      });
    }
    assert(!isThere(`${directory}/pwned`), "a name was carried out");
  });
}

function casesFor(
  directory: string,
  nodes: readonly string[],
): [line: string, expected: readonly string[]][] {
  const storage = nodes.filter((node) => node.startsWith("ncn-s"));
  const there = `pitboot run --root '${directory}/a pit'`;
  const quoted = HOSTILE.replace(/[$() ]/g, "\\$&");
  return [
    ["pitboot wait", ["wait-leases"]],
    ["pitboot --root=/a run --col", ["--color"]],
    ["pitboot run -n --dry", []],
    ["pitboot run --color ", ["always", "auto", "never"]],
    ["pitboot run --color=n", ["--color=never"]],
    ["pitboot run --timeout ", []],
    ["pitboot frobnicate ", []],
    ["set-sqfs-links.sh --color never --col", []],
    ["/root/bin/set-sqfs-links.sh --fan", ["--fanout"]],
    [`${there} --nodes ncn-w001,ncn-s`, storage.map((node) => `ncn-w001,${node}`)],
    [`pitboot --root=${directory}/a\\ pit run --release=s`, [`--release=storage=${RELEASE}`]],
    [`${there} --release `, [`kubernetes=${RELEASE}`, `storage=${RELEASE}`]],
    [`${there} --release k`, [`kubernetes=${RELEASE}`]],
    [`${there} --release storage=`, [`storage=${RELEASE}`]],
    [`${there} --release=storage=f`, [`--release=storage=${RELEASE}`]],
    [`${there} --release=kubernetes=1,s`, [`--release=kubernetes=1,storage=${RELEASE}`]],
    [`pitboot run --data ${directory}/d`, [`${directory}/dir`]],
    [`pitboot run --data=${directory}/f`, []],
    [`pitboot run --config ${directory}/f`, [`${directory}/file`]],
    [`pitboot run --config=${directory}/d`, [`--config=${directory}/dir`]],
    [`pitboot run --config ${directory}/s`, [`${directory}/sp\\ ace`]],
    [`pitboot run --config ${directory}/\\$`, [
      `${directory}/${quoted}`,
      `${directory}/${quoted}.conf`,
    ]],
    [`pitboot run --data ${directory}/\\$`, [`${directory}/${quoted}`]],
    ["pitboot --hostile", [`--hostile${quoted}`]],
  ];
}

/** What a shell put in the place of the last word. */
function candidates(line: string, completed: string): string[] {
  const [last = ""] = /(\\ |\S)*$/.exec(line) ?? [];
  const before = line.slice(0, line.length - last.length);
  const words = completed.startsWith(before) ? completed.slice(before.length) : completed;
  return words.split(/(?<!\\)\s+/)
    // As it was: the shell found nothing. Some show that a value, a path or a list goes on.
    .filter((word) => word !== "" && word !== last)
    .map((word) => word.replace(/[=/,]$/, ""))
    .sort();
}

function fishWord(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

function readLines(file: string): string[] {
  return Deno.readTextFileSync(file).trimEnd().split("\n");
}

Deno.test("completions prints what install puts in place", async (t) => {
  using system = temporaryRoot();
  await install(system.root);
  const places: Record<Shell, string> = {
    bash: "bash-completion/completions/pitboot",
    fish: "fish/vendor_completions.d/pitboot.fish",
    zsh: "zsh/site-functions/_pitboot",
  };
  for (const shell of SHELLS) {
    await t.step(shell, async () => {
      const { code, stdout, stderr } = await callHere("completions", shell);
      assertEquals([code, stderr], [0, ""]);
      const place = `${system.root}/usr/local/share/${places[shell]}`;
      assertEquals(stdout, Deno.readTextFileSync(place));
    });
  }
});

Deno.test("completions refuses what it does not know, exit code 2", async (t) => {
  const cases: [args: string[], message: string][] = [
    [[], "SHELL is missing: bash or fish or zsh"],
    [["tcsh"], "SHELL tcsh: expected bash or fish or zsh"],
    [["bash", "zsh"], 'unexpected argument "zsh"'],
    [["--shell"], "unknown option --shell"],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" ") || "nothing", async () => {
      const { code, stdout, stderr } = await callHere("completions", ...args);
      assertEquals([code, stdout], [2, ""]);
      assert(stderr.startsWith(`pitboot completions: ${message}`), stderr);
      assertStringIncludes(stderr, "hint: pitboot completions --help");
    });
  }
  await t.step("but not the wish for help", async () => {
    const { code, stdout } = await callHere("completions", "--help");
    assertEquals(code, 0);
    assertStringIncludes(stdout, "Usage: pitboot completions [OPTION]... SHELL\n");
  });
});
