/**
 * A rule for deno lint: the spread of a literal, `...{ a, b }` or `...[x]`, says no
 * more than what is in it.
 *
 * @module
 */

const plugin: Deno.lint.Plugin = {
  name: "pitboot",
  rules: {
    "plain-literals": {
      create: (context) => ({
        SpreadElement: ({ argument, range: [start] }): void => {
          if (argument.type !== "ObjectExpression" && argument.type !== "ArrayExpression") return;
          const inside = context.sourceCode.getText(argument).slice(1, -1).trim().replace(/,$/, "");
          // The range of a spread is that of its three dots.
          const range: Deno.lint.Range = [start, argument.range[1]];
          context.report({
            range,
            message: "the spread of a literal says no more than what is in it",
            hint: "write what is in it in its place",
            fix: (fixer) => fixer.replaceTextRange(range, inside),
          });
        },
      }),
    },
  },
};

export default plugin;
