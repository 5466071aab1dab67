import { assertEquals } from "@std/assert";
import { checkServices, parseProcesses } from "../../../lib/check/check_services.ts";

/** What ps prints of a PIT. */
const PS = `systemd           360000 /usr/lib/systemd/systemd --switched-root
httpd-prefork        300 /usr/sbin/httpd-prefork -DSYSCONFIG
httpd-prefork         20 /usr/sbin/httpd-prefork -DSYSCONFIG
dnsmasq              200 /usr/sbin/dnsmasq --log-async --enable-dbus --keep-in-foreground
conmand              100 /usr/sbin/conmand -c /etc/conman.conf
basecamp             100 /app/basecamp
`;
const OF_A_NETWORK = "dnsmasq 9000 /usr/sbin/dnsmasq --conf-file=/var/lib/libvirt/default.conf\n";

Deno.test("parseProcesses() reads names with blanks, and passes over what is none", () => {
  assertEquals(parseProcesses("a b   12 a -x 3\n\nodd\n"), [
    { name: "a b", seconds: 12, command: "a -x 3" },
  ]);
});

Deno.test("checkServices() knows what does not run, or has not read what is there", async (t) => {
  const file = (age: number | null) => ({ path: "/etc/dnsmasq.d/statics.conf", age });
  const cases: [name: string, ps: string, age: number | null, said: string[]][] = [
    ["all is well", PS, 250, []],
    ["no statics.conf", PS, null, []],
    ["another web server", PS.replaceAll("httpd-prefork", "nginx"), 250, []],
    ["a newer statics.conf", PS, 150, [
      "failed dnsmasq started before /etc/dnsmasq.d/statics.conf was written, and reads it only then",
    ]],
    ["a statics.conf of the future", PS, -150, []],
    ["an older dnsmasq of virtual machines", OF_A_NETWORK + PS, 250, []],
    ["that one alone", OF_A_NETWORK + PS.replace("dnsmasq", "x"), 250, [
      "failed dnsmasq does not run: nodes get no address",
    ]],
    ["no dnsmasq", PS.replace("dnsmasq", "x"), 250, [
      "failed dnsmasq does not run: nodes get no address",
    ]],
    ["no conman", PS.replace("conmand", "x"), 250, [
      "warning conman does not run: there are no console logs",
    ]],
    ["no basecamp", PS.replace("basecamp", "x"), 250, [
      "warning basecamp does not run: nodes come up without cloud-init",
    ]],
  ];
  for (const [name, ps, age, said] of cases) {
    await t.step(name, () => {
      const checks = checkServices(parseProcesses(ps), [file(age)]);
      const found = checks.filter(({ state }) => state !== "ok")
        .map(({ state, message }) => `${state} ${message}`);
      assertEquals(found, said);
    });
  }
});
