/*
 * A plug-in for OpenIPMI's ipmi_sim that adds what a real BMC has and the
 * simulator lacks, and some of what can be wrong with one. In lan.conf:
 *
 *     loadlib "…/plugin.so" "reset=COMMAND;source=FILE;counts=FILE;hold=FILE;power=POWER;RULE…"
 *
 * It also stands in LD_PRELOAD: in this way it sees each packet that comes in,
 * and each that goes out.
 *
 * - Get Channel Cipher Suites is answered outside of a session too. ipmitool
 *   asks there first, and the simulator's silence costs it 10 s per call.
 * - Cold Reset is answered, and COMMAND is run.
 * - A LAN parameter that is set takes effect at once. The simulator waits for
 *   a "set in progress" before and a "commit" after, which IPMI leaves to the
 *   BMC; most do not ask for it.
 * - The address source is what its FILE says: "dhcp", or anything else.
 * - The other FILE tells how many packets came, also to an earlier process, how many
 *   sessions there are now, and how many ended that nobody had closed.
 * - While there is a FILE of hold it stands still at the packet whose number that holds.
 * - The node can be switched on and off. The directory POWER holds "state", and "log"
 *   with a line for each time that it was: "off", or "on" and the boot flags of then.
 * - All boot options are kept as they are set; the simulator loses all but the device.
 * - The clock is this machine's.
 *
 * A RULE is NAME, NAME=VALUE, or NAME=VALUE*TIMES where it holds only so many
 * times. Those that are known here:
 *
 *     slow         wait so many milliseconds before each packet
 *     deaf         answer nothing after so many packets
 *     nociphers    leave Get Channel Cipher Suites to the simulator
 *     nosuites     refuse every cipher suite
 *     silent17, illegal17   do not answer a request for suite 17; answer 0x12
 *     open, rakp   answer the open session request, RAKP message 1, with a status
 *     priv         answer Set Session Privilege Level with a code
 *     fails-once   answer no RAKP message 3 in the first session
 *     write        answer the write of the address source with a code
 *     nolock, nocommit      answer "set in progress", "commit" with a code
 *     lateread     show the old address source for so many seconds
 *     forgets      accept the address source, and do nothing
 *     mute-STEP    do not answer
 *     started      the node is on at first
 *     once, legacy keep a boot device for one start only; not for UEFI
 *     shortboot    forget it after so many seconds, unless told to keep it
 *     noboot       answer the write of a boot option with a code
 *     slowpower    switch the node so many seconds after the answer
 *     idlepower    accept to switch the node, and do nothing
 *     lostpower    switch the node, and do not answer
 *     strictpower  refuse to switch it to what it is
 *     power        answer a switch of the node with a code
 *     alwayson     after an outage the node starts
 *     clock        so many seconds behind
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* What is used of libIPMIlanserv 2.0.33, written out here so that its headers
 * need not be installed. Of most structures only the first fields. */
typedef struct lmc_data_s lmc_data_t;
typedef struct sys_data_s sys_data_t;
typedef struct {
    sys_data_t *system;
    void (*tick)(void *lan, unsigned int seconds);
    void *tick_info, *tick_next;
    unsigned char *guid;
    struct {
        lmc_data_t *mc;
        unsigned char medium_type, protocol_type, session_support;
        unsigned int alerting : 1, alerting_nonv : 1, per_msg_auth : 1;
        unsigned int privilege_limit : 4, privilege_limit_nonv : 4;
        unsigned int active_sessions : 6;
    } channel;
} lanserv_data_t;
typedef struct {
    void *src_addr;
    int src_len;
    long oem_data;
    unsigned char channel;
    void *orig_channel;
    unsigned char authtype;
    unsigned int seq, sid;
    struct {
        unsigned char *authcode;
        unsigned char authcode_data[16];
    } rmcp;
    unsigned char netfn, rs_addr, rs_lun, rq_addr, rq_lun, rq_seq, cmd;
    unsigned char *data;
    unsigned int len;
} msg_t;
typedef void (*packet_handler)(lanserv_data_t *lan, unsigned char *packet,
                               int length, void *from, int from_length);
typedef void (*payload_handler)(lanserv_data_t *lan, msg_t *msg);
typedef void (*command_handler)(lmc_data_t *mc, msg_t *msg,
                                unsigned char *answer, unsigned int *length,
                                void *data);
typedef int (*encrypter)(void *context, unsigned char *out, int *out_length,
                         const unsigned char *in, int length);
typedef ssize_t (*sender)(int fd, const struct msghdr *message, int flags);
extern payload_handler payload_handlers[64];
extern command_handler transport_netfn_handlers[256];
extern struct { int auth, integ, conf; } valid_cipher_suites[];
int ipmi_emu_register_cmd_handler(unsigned char netfn, unsigned char command,
                                  command_handler handler, void *data);

enum { PAYLOAD_IPMI = 0, PAYLOAD_OPEN_SESSION = 0x10, PAYLOAD_RAKP1 = 0x12 };
enum { PAYLOAD_RAKP3 = 0x14 };
enum { AUTH_NONE = 0, AUTH_RMCP_PLUS = 6, HMAC_SHA256 = 3 };
enum { NETFN_APP = 0x06, COLD_RESET = 0x02, GET_AUTH_CAPABILITIES = 0x38 };
enum { SET_PRIVILEGE = 0x3b, CLOSE_SESSION = 0x3c, GET_CHANNEL_INFO = 0x42 };
enum { NETFN_TRANSPORT = 0x0c, SET_LAN = 0x01, GET_LAN = 0x02 };
enum { SET_IN_PROGRESS = 0, ADDRESS_SOURCE = 4 }; /* LAN parameters */
enum { SET_COMPLETE = 0, SET_BEGIN = 1, SET_COMMIT = 2 };
enum { SOURCE_STATIC = 1, SOURCE_DHCP = 2, PARAMETER_REVISION = 0x11 };
enum { ILLEGAL_PARAMETER = 0x12 }; /* a status of RMCP+ */
enum { NETFN_CHASSIS = 0x00, CHASSIS_STATUS = 0x01, CHASSIS_CONTROL = 0x02 };
enum { SET_BOOT_OPTION = 0x08, GET_BOOT_OPTION = 0x09 };
enum { NETFN_STORAGE = 0x0a, GET_SEL_TIME = 0x48 };

static unsigned int sessions_begun;
static payload_handler simulator_ipmi, simulator_open_session;
static payload_handler simulator_rakp1, simulator_rakp3;
static command_handler simulator_set_lan, simulator_get_lan;
static void (*simulator_tick)(void *lan, unsigned int seconds);
static void settle_power(void);
static const char *reset_command;

/* Rules */

static struct rule {
    char name[16];
    int value;
    unsigned int times; /* that are left */
} rules[32];
enum { FOR_EVER = 0x7fffffff };

static struct rule *find_rule(const char *name)
{
    for (struct rule *rule = rules; rule->name[0]; rule++)
        if (rule->times > 0 && !strcmp(rule->name, name))
            return rule;
    return NULL;
}

/* The rule, if it holds this time: one time less is left. */
static struct rule *use_rule(const char *name)
{
    struct rule *rule = find_rule(name);

    if (rule && rule->times != FOR_EVER)
        rule->times--;
    return rule;
}

static void add_rule(const char *text)
{
    struct rule *rule = rules;

    while (rule->name[0])
        rule++;
    rule->times = FOR_EVER;
    sscanf(text, "%15[^=]=%i*%u", rule->name, &rule->value, &rule->times);
}

/* Packets and sessions */

static int counts = -1; /* a file */
static unsigned int packets;

static unsigned int closes; /* that were asked for, and have not come yet */

static void write_counts(lanserv_data_t *lan)
{
    static unsigned int sessions, forgotten;
    char text[48];
    int length;

    for (; sessions > lan->channel.active_sessions; sessions--)
        if (closes > 0)
            closes--;
        else
            forgotten++;
    sessions = lan->channel.active_sessions;
    length = snprintf(text, sizeof text, "%10u %2u %4u\n", packets, sessions,
                      forgotten);
    pwrite(counts, text, length, 0);
}

/* Once a second: the simulator ends sessions that have been left. */
static void tick(void *lan, unsigned int seconds)
{
    simulator_tick(lan, seconds);
    settle_power();
    write_counts(lan);
}

static void open_counts(const char *path)
{
    char text[48] = "";

    counts = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (pread(counts, text, sizeof text - 1, 0) > 0)
        packets = strtoul(text, NULL, 10);
}

static const char *hold_file;

/* Whether a test wants this packet, and those that follow, to be left alone. */
static int is_held(void)
{
    unsigned int goal = 0;
    FILE *file = fopen(hold_file, "r");

    if (!file)
        return 0;
    if (fscanf(file, "%u", &goal) != 1)
        goal = 0;
    fclose(file);
    return goal > 0 && packets >= goal;
}

/* In the older format, before there is a session. */
static int asks_for_auth(const unsigned char *packet, int length)
{
    return length > 19 && packet[4] == AUTH_NONE
        && packet[19] == GET_AUTH_CAPABILITIES;
}

/* Called by ipmi_sim for each packet, instead of its library's. */
void ipmi_handle_lan_msg(lanserv_data_t *lan, unsigned char *packet,
                         int length, void *from, int from_length)
{
    static packet_handler simulator;
    struct rule *deaf = find_rule("deaf");

    if (!simulator) {
        simulator = (packet_handler) dlsym(RTLD_NEXT, "ipmi_handle_lan_msg");
        simulator_tick = lan->tick;
        lan->tick = tick;
    }
    packets++;
    write_counts(lan); /* before whoever waits for an answer goes on */
    while (is_held())
        usleep(5000);
    if (!(deaf && packets > deaf->value)
        && !(asks_for_auth(packet, length) && use_rule("mute-auth")))
        simulator(lan, packet, length, from, from_length);
    write_counts(lan);
}

/* Before there is a session */

static int answer_status = -1; /* what to say instead, in what is sent next */
static int is_lost; /* what is sent next */

/* Called by ipmi_sim for each answer, instead of libc's. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    static sender libc;

    if (!libc)
        libc = (sender) dlsym(RTLD_NEXT, "sendmsg");
    if (is_lost)
        return message->msg_iov[0].iov_len;
    if (answer_status >= 0) {
        unsigned char *packet = message->msg_iov[0].iov_base;
        packet[17] = answer_status; /* after RMCP+'s header and the tag */
    }
    return libc(fd, message, flags);
}

/* Spoils a byte of msg, so that the simulator refuses it and forgets its
 * session; and answers with a status of ours. */
static void refuse(payload_handler simulator, lanserv_data_t *lan, msg_t *msg,
                   unsigned int byte, int status)
{
    if (msg->len > byte)
        msg->data[byte] = 0x0f;
    answer_status = status;
    simulator(lan, msg);
    answer_status = -1;
}

static void open_session(lanserv_data_t *lan, msg_t *msg)
{
    const unsigned int first_payload_type = 8;
    int asks_for_17 = msg->len > 12 && (msg->data[12] & 0x3f) == HMAC_SHA256;
    struct rule *rule;

    usleep(find_rule("slow") ? find_rule("slow")->value * 1000 : 0);
    sessions_begun++;
    if (use_rule("mute-open") || (asks_for_17 && use_rule("silent17")))
        return;
    if (asks_for_17 && use_rule("illegal17"))
        refuse(simulator_open_session, lan, msg, first_payload_type,
               ILLEGAL_PARAMETER);
    else if ((rule = use_rule("open")))
        refuse(simulator_open_session, lan, msg, first_payload_type,
               rule->value);
    else
        simulator_open_session(lan, msg);
}

static void rakp1(lanserv_data_t *lan, msg_t *msg)
{
    const unsigned int privilege = 24;
    struct rule *rule;

    if (use_rule("mute-rakp1"))
        return;
    if ((rule = use_rule("rakp")))
        refuse(simulator_rakp1, lan, msg, privilege, rule->value);
    else
        simulator_rakp1(lan, msg);
}

static void rakp3(lanserv_data_t *lan, msg_t *msg)
{
    if (!use_rule("mute-rakp3")
        && !(find_rule("fails-once") && sessions_begun == 1))
        simulator_rakp3(lan, msg);
}

/* Called by the simulator for each message of a session before it is sent:
 * the one place where a code that it never says can be put in, and its
 * checksum be made right. */
int EVP_EncryptUpdate(void *context, unsigned char *out, int *out_length,
                      const unsigned char *in, int length)
{
    enum { NETFN = 1, CMD = 5, CODE = 6, CHECKSUM = 8, RESPONSE = 1 };
    static encrypter libcrypto;
    unsigned char message[64];
    struct rule *rule;

    if (!libcrypto)
        libcrypto = (encrypter) dlsym(RTLD_NEXT, "EVP_EncryptUpdate");
    if (length > CHECKSUM && length <= sizeof message
        && in[NETFN] >> 2 == (NETFN_APP | RESPONSE) && in[CMD] == SET_PRIVILEGE
        && in[CODE] == 0 && (rule = use_rule("priv"))) {
        memcpy(message, in, length);
        message[CODE] = rule->value;
        message[CHECKSUM] -= rule->value;
        in = message;
    }
    return libcrypto(context, out, out_length, in, length);
}

/* Commands */

static const struct {
    unsigned char netfn, cmd;
    const char *rule;
} steps[] = {
    { NETFN_APP, SET_PRIVILEGE, "mute-priv" },
    { NETFN_APP, GET_CHANNEL_INFO, "mute-info" },
    { NETFN_APP, CLOSE_SESSION, "mute-close" },
    { NETFN_TRANSPORT, GET_LAN, "mute-read" },
    { NETFN_TRANSPORT, SET_LAN, "mute-write" },
    { NETFN_CHASSIS, CHASSIS_CONTROL, "mute-power" },
};

static int is_command(const msg_t *msg, unsigned char netfn, unsigned char cmd)
{
    return msg->len > 5 && msg->data[1] >> 2 == netfn && msg->data[5] == cmd;
}

static int is_muted(const msg_t *msg)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (is_command(msg, steps[i].netfn, steps[i].cmd)
            && use_rule(steps[i].rule))
            return 1;
    return 0;
}

static void ipmi_payload(lanserv_data_t *lan, msg_t *msg)
{
    usleep(find_rule("slow") ? find_rule("slow")->value * 1000 : 0);
    if (is_muted(msg))
        return;
    if (is_command(msg, NETFN_APP, CLOSE_SESSION))
        closes++;
    /* The simulator knows sessionless requests in the older format only. */
    if (!find_rule("nociphers") && msg->sid == 0
        && msg->authtype == AUTH_RMCP_PLUS)
        msg->authtype = AUTH_NONE;
    is_lost = is_command(msg, NETFN_CHASSIS, CHASSIS_CONTROL)
        && use_rule("lostpower");
    simulator_ipmi(lan, msg);
    is_lost = 0;
}

static void cold_reset(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                       unsigned int *length, void *data)
{
    *length = 1;
    answer[0] = system(reset_command) == 0 ? 0x00 : 0xff;
}

/* The LAN configuration */

static const char *source_file; /* what bmc.sh keeps of the address source */
static double shown_until; /* the source of the address that lateread shows */
static unsigned char shown_source;

static double now_in_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

/* Does another command of the LAN configuration for the channel that msg
 * names. Returns the last byte of the answer. */
static unsigned char ask(command_handler simulator, lmc_data_t *mc, msg_t *msg,
                         unsigned char parameter, unsigned char value)
{
    unsigned char request[] = { msg->data[0], parameter, value, 0 };
    unsigned char answer[256] = { 0 }, *data = msg->data;
    unsigned int length = 1, len = msg->len;

    msg->data = request;
    msg->len = simulator == simulator_set_lan ? 3 : 4;
    simulator(mc, msg, answer, &length, NULL);
    msg->data = data;
    msg->len = len;
    return answer[length - 1];
}

/* Whether the simulator let "set in progress" be set. */
static int set_progress(lmc_data_t *mc, msg_t *msg, unsigned char state)
{
    return ask(simulator_set_lan, mc, msg, SET_IN_PROGRESS, state) == 0;
}

static struct rule *refusal(const msg_t *msg)
{
    if (msg->len < 3)
        return NULL;
    if (msg->data[1] == ADDRESS_SOURCE)
        return use_rule("write");
    if (msg->data[1] == SET_IN_PROGRESS && msg->data[2] == SET_BEGIN)
        return use_rule("nolock");
    if (msg->data[1] == SET_IN_PROGRESS && msg->data[2] == SET_COMMIT)
        return use_rule("nocommit");
    return NULL;
}

/* Remembers the address source that msg is about to change. */
static void note_source(lmc_data_t *mc, msg_t *msg, int seconds)
{
    unsigned char now = ask(simulator_get_lan, mc, msg, ADDRESS_SOURCE, 0);

    if (now == msg->data[2])
        return;
    shown_source = now;
    shown_until = now_in_seconds() + seconds;
}

static void set_lan(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                    unsigned int *length, void *data)
{
    struct rule *rule = refusal(msg);
    int is_source = msg->len >= 3 && msg->data[1] == ADDRESS_SOURCE;
    int alone;

    if (rule || (is_source && find_rule("forgets"))) {
        *length = 1;
        answer[0] = rule ? rule->value : 0x00;
        return;
    }
    if (is_source && (rule = find_rule("lateread")))
        note_source(mc, msg, rule->value);
    /* Refused where the client has begun by itself; it will also commit. */
    alone = msg->len >= 3 && msg->data[1] != SET_IN_PROGRESS
        && set_progress(mc, msg, SET_BEGIN);
    simulator_set_lan(mc, msg, answer, length, data);
    if (answer[0] == 0 && (alone || (is_source && find_rule("nocommit"))))
        set_progress(mc, msg, SET_COMMIT);
    if (alone)
        set_progress(mc, msg, SET_COMPLETE);
}

/* The simulator starts two shells to learn the address source; a hundred BMCs
 * on one machine would be measured by little else. */
static void read_source(unsigned char *answer, unsigned int *length)
{
    char word[8] = "";
    FILE *file = fopen(source_file, "r");

    if (file) {
        if (!fgets(word, sizeof word, file))
            word[0] = 0;
        fclose(file);
    }
    answer[0] = 0;
    answer[1] = PARAMETER_REVISION;
    answer[2] = strncmp(word, "dhcp", 4) == 0 ? SOURCE_DHCP : SOURCE_STATIC;
    *length = 3;
}

static void get_lan(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                    unsigned int *length, void *data)
{
    /* In the middle of a change the simulator shows what is to come. */
    if (msg->len >= 2 && msg->data[1] == ADDRESS_SOURCE
        && ask(simulator_get_lan, mc, msg, SET_IN_PROGRESS, 0) == SET_COMPLETE)
        read_source(answer, length);
    else
        simulator_get_lan(mc, msg, answer, length, data);
    if (*length == 3 && msg->data[1] == ADDRESS_SOURCE
        && now_in_seconds() < shown_until)
        answer[2] = shown_source;
}

/* The chassis: a node that is on or off, and what it boots */

enum { OFF = 0, ON = 1, PREVIOUS = 0x20, ALWAYS_ON = 0x40 };
enum { BOOT_OPTIONS = 8, VALID_BIT_CLEARING = 3, BOOT_FLAGS = 5 };
enum { VALID = 0x80, PERSISTENT = 0x40, UEFI = 0x20, KEEP_VALID = 0x08 };
enum { NOT_SUPPORTED = 0x80, NOT_IN_THIS_STATE = 0xd5, WRONG_LENGTH = 0xc7 };

static const char *power_directory;
static int power_state, power_next; /* what it is, and will be after a while */
static double power_at; /* when that is; 0: never */
static unsigned char boot_options[BOOT_OPTIONS][16];
static double boot_flags_set;

static FILE *open_power(const char *name, const char *mode)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", power_directory, name);
    return fopen(path, mode);
}

static void write_power(void)
{
    FILE *file = open_power("state", "w");

    fprintf(file, "%s\n", power_state == ON ? "on" : "off");
    fclose(file);
}

static void begin_power(const char *directory)
{
    char word[8] = "";
    FILE *file;

    power_directory = directory;
    mkdir(directory, 0755);
    file = open_power("state", "r");
    if (file) {
        if (!fgets(word, sizeof word, file))
            word[0] = 0;
        fclose(file);
    } else if (find_rule("started")) {
        strcpy(word, "on");
    }
    power_state = strncmp(word, "on", 2) == 0 ? ON : OFF;
    write_power();
}

/* What it was told takes effect. */
static void settle_power(void)
{
    const unsigned char *flags = boot_options[BOOT_FLAGS];
    FILE *log;

    if (power_at == 0 || now_in_seconds() < power_at)
        return;
    power_at = 0;
    if (power_state == power_next)
        return;
    power_state = power_next;
    log = open_power("log", "a");
    if (power_state == ON)
        fprintf(log, "on %02x%02x\n", flags[0], flags[1]);
    else
        fprintf(log, "off\n");
    fclose(log);
    write_power();
    /* Told once, it boots so once. */
    if (power_state == ON && !(flags[0] & PERSISTENT))
        boot_options[BOOT_FLAGS][0] &= ~VALID;
}

static void chassis_status(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                           unsigned int *length, void *data)
{
    settle_power();
    memset(answer, 0, 4);
    answer[1] = power_state | (find_rule("alwayson") ? ALWAYS_ON : PREVIOUS);
    *length = 4;
}

static void chassis_control(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                            unsigned int *length, void *data)
{
    struct rule *rule;

    settle_power();
    *length = 1;
    answer[0] = 0x00;
    if (msg->len < 1)
        answer[0] = WRONG_LENGTH;
    else if (msg->data[0] > ON)
        answer[0] = NOT_IN_THIS_STATE; /* no cycle, and no reset */
    else if ((rule = use_rule("power")))
        answer[0] = rule->value;
    else if (find_rule("strictpower") && msg->data[0] == power_state)
        answer[0] = NOT_IN_THIS_STATE;
    if (answer[0] != 0x00 || find_rule("idlepower"))
        return;
    power_next = msg->data[0];
    power_at = now_in_seconds();
    if ((rule = find_rule("slowpower")))
        power_at += rule->value;
    settle_power();
}

static void set_boot_option(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                            unsigned int *length, void *data)
{
    struct rule *rule = use_rule("noboot");
    unsigned char option;

    *length = 1;
    answer[0] = msg->len < 1 ? WRONG_LENGTH : rule ? rule->value : 0x00;
    if (answer[0] != 0x00)
        return;
    option = msg->data[0] & 0x7f;
    if (option >= BOOT_OPTIONS || msg->len > sizeof boot_options[0]) {
        answer[0] = NOT_SUPPORTED;
        return;
    }
    memcpy(boot_options[option], msg->data + 1, msg->len - 1);
    if (option != BOOT_FLAGS)
        return;
    if (find_rule("once"))
        boot_options[BOOT_FLAGS][0] &= ~PERSISTENT;
    if (find_rule("legacy"))
        boot_options[BOOT_FLAGS][0] &= ~UEFI;
    boot_flags_set = now_in_seconds();
}

static void get_boot_option(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                            unsigned int *length, void *data)
{
    static const unsigned char sizes[BOOT_OPTIONS] = { 1, 1, 1, 1, 2, 5, 1, 1 };
    unsigned char option = msg->len < 1 ? BOOT_OPTIONS : msg->data[0] & 0x7f;
    struct rule *rule = find_rule("shortboot");

    *length = 1;
    answer[0] = NOT_SUPPORTED;
    if (option >= BOOT_OPTIONS)
        return;
    if (rule && !(boot_options[VALID_BIT_CLEARING][0] & KEEP_VALID)
        && now_in_seconds() > boot_flags_set + rule->value)
        boot_options[BOOT_FLAGS][0] &= ~VALID;
    answer[0] = 0x00;
    answer[1] = 1; /* revision */
    answer[2] = option;
    memcpy(answer + 3, boot_options[option], sizes[option]);
    *length = 3 + sizes[option];
}

static void sel_time(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                     unsigned int *length, void *data)
{
    struct rule *rule = find_rule("clock");
    unsigned int seconds = time(NULL) - (rule ? rule->value : 0);

    answer[0] = 0x00;
    for (int i = 0; i < 4; i++)
        answer[1 + i] = seconds >> 8 * i;
    *length = 5;
}

static const struct {
    unsigned char netfn, cmd;
    command_handler handler;
} handlers[] = {
    { NETFN_APP, COLD_RESET, cold_reset },
    { NETFN_CHASSIS, CHASSIS_STATUS, chassis_status },
    { NETFN_CHASSIS, CHASSIS_CONTROL, chassis_control },
    { NETFN_CHASSIS, SET_BOOT_OPTION, set_boot_option },
    { NETFN_CHASSIS, GET_BOOT_OPTION, get_boot_option },
    { NETFN_STORAGE, GET_SEL_TIME, sel_time },
};

/* Puts ours where the simulator's is. */
#define REPLACE(place, simulators, ours) \
    ((simulators) = (place), (place) = (ours))

/* Before the first line of main(): what ipmi_sim starts must not load this. */
__attribute__((constructor)) static void forget_preload(void)
{
    unsetenv("LD_PRELOAD");
}

int ipmi_sim_module_print_version(sys_data_t *sys, char *options)
{
    return 0;
}

int ipmi_sim_module_init(sys_data_t *sys, const char *options)
{
    char *rest = NULL, *power = NULL;
    char *option = strtok_r(strdup(options), ";", &rest);
    int error = 0;

    for (; option; option = strtok_r(NULL, ";", &rest)) {
        if (!strncmp(option, "reset=", 6))
            reset_command = option + 6;
        else if (!strncmp(option, "source=", 7))
            source_file = option + 7;
        else if (!strncmp(option, "counts=", 7))
            open_counts(option + 7);
        else if (!strncmp(option, "hold=", 5))
            hold_file = option + 5;
        else if (!strncmp(option, "power=", 6) && option[6] == '/')
            power = option + 6;
        else
            add_rule(option);
    }
    begin_power(power);
    if (find_rule("nosuites"))
        valid_cipher_suites[0].auth = -1; /* where the list ends */
    REPLACE(payload_handlers[PAYLOAD_IPMI], simulator_ipmi, ipmi_payload);
    REPLACE(payload_handlers[PAYLOAD_OPEN_SESSION], simulator_open_session,
            open_session);
    REPLACE(payload_handlers[PAYLOAD_RAKP1], simulator_rakp1, rakp1);
    REPLACE(payload_handlers[PAYLOAD_RAKP3], simulator_rakp3, rakp3);
    REPLACE(transport_netfn_handlers[SET_LAN], simulator_set_lan, set_lan);
    REPLACE(transport_netfn_handlers[GET_LAN], simulator_get_lan, get_lan);
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0] && !error; i++)
        error = ipmi_emu_register_cmd_handler(
            handlers[i].netfn, handlers[i].cmd, handlers[i].handler, NULL);
    return error;
}
