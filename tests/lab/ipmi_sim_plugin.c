/*
 * A plug-in for OpenIPMI's ipmi_sim that adds what a real BMC has and the
 * simulator lacks, and some of what can be wrong with one. In lan.conf:
 *
 *     loadlib "…/plugin.so" "reset=COMMAND;delay=MS;nociphers;nosuites"
 *
 * - Get Channel Cipher Suites is answered outside of a session too. ipmitool
 *   asks there first, and the simulator's silence costs it 10 s per call.
 *   `nociphers` leaves the silence.
 * - Cold Reset is answered, and COMMAND is run.
 * - `delay` waits before each packet: a slow BMC.
 * - `nosuites` refuses every cipher suite.
 * - A LAN parameter that is set takes effect at once. The simulator waits for
 *   a "set in progress" before and a "commit" after, which IPMI leaves to the
 *   BMC; most do not ask for it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is used of libIPMIlanserv 2.0.33, written out here so that its headers
 * need not be installed. Of msg_t all but its last fields. */
typedef struct lanserv_data_s lanserv_data_t;
typedef struct lmc_data_s lmc_data_t;
typedef struct sys_data_s sys_data_t;
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
typedef void (*payload_handler)(lanserv_data_t *lan, msg_t *msg);
typedef void (*command_handler)(lmc_data_t *mc, msg_t *msg,
                                unsigned char *answer, unsigned int *length,
                                void *data);
extern payload_handler payload_handlers[64];
extern command_handler transport_netfn_handlers[256];
extern struct { int auth, integ, conf; } valid_cipher_suites[];
int ipmi_emu_register_cmd_handler(unsigned char netfn, unsigned char command,
                                  command_handler handler, void *data);

enum { PAYLOAD_IPMI = 0, PAYLOAD_OPEN_SESSION = 0x10 };
enum { AUTH_NONE = 0, AUTH_RMCP_PLUS = 6 };
enum { NETFN_APP = 0x06, COLD_RESET = 0x02, SET_LAN = 0x01 };
enum { SET_IN_PROGRESS = 0 }; /* the LAN parameter, and what it is set to: */
enum { SET_COMPLETE = 0, SET_BEGIN = 1, SET_COMMIT = 2 };

static payload_handler simulator_ipmi, simulator_open_session;
static command_handler simulator_set_lan;
static unsigned int delay_ms;
static int answer_ciphers = 1;
static const char *reset_command;

static void ipmi_payload(lanserv_data_t *lan, msg_t *msg)
{
    usleep(delay_ms * 1000);
    /* The simulator knows sessionless requests in the older format only. */
    if (answer_ciphers && msg->sid == 0 && msg->authtype == AUTH_RMCP_PLUS)
        msg->authtype = AUTH_NONE;
    simulator_ipmi(lan, msg);
}

static void open_session(lanserv_data_t *lan, msg_t *msg)
{
    usleep(delay_ms * 1000);
    simulator_open_session(lan, msg);
}

static void cold_reset(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                       unsigned int *length, void *data)
{
    *length = 1;
    answer[0] = system(reset_command) == 0 ? 0x00 : 0xff;
}

/* Sets the parameter "set in progress" of the channel that msg names. Returns
 * whether the simulator let it. */
static int set_progress(lmc_data_t *mc, msg_t *msg, unsigned char state)
{
    unsigned char request[] = { msg->data[0], SET_IN_PROGRESS, state };
    unsigned char answer[256], *data = msg->data;
    unsigned int length = 0, len = msg->len;

    msg->data = request;
    msg->len = sizeof request;
    simulator_set_lan(mc, msg, answer, &length, NULL);
    msg->data = data;
    msg->len = len;
    return answer[0] == 0;
}

static void set_lan(lmc_data_t *mc, msg_t *msg, unsigned char *answer,
                    unsigned int *length, void *data)
{
    /* Refused where the client has begun by itself; it will also commit. */
    int alone = msg->len >= 3 && msg->data[1] != SET_IN_PROGRESS
        && set_progress(mc, msg, SET_BEGIN);

    simulator_set_lan(mc, msg, answer, length, data);
    if (alone) {
        if (answer[0] == 0)
            set_progress(mc, msg, SET_COMMIT);
        set_progress(mc, msg, SET_COMPLETE);
    }
}

int ipmi_sim_module_print_version(sys_data_t *sys, char *options)
{
    return 0;
}

int ipmi_sim_module_init(sys_data_t *sys, const char *options)
{
    char *rest = NULL;
    char *option = strtok_r(strdup(options), ";", &rest);

    for (; option; option = strtok_r(NULL, ";", &rest)) {
        if (!strncmp(option, "reset=", 6))
            reset_command = option + 6;
        else if (!strncmp(option, "delay=", 6))
            delay_ms = atoi(option + 6);
        else if (!strcmp(option, "nociphers"))
            answer_ciphers = 0;
        else if (!strcmp(option, "nosuites"))
            valid_cipher_suites[0].auth = -1; /* where the list ends */
    }
    simulator_ipmi = payload_handlers[PAYLOAD_IPMI];
    payload_handlers[PAYLOAD_IPMI] = ipmi_payload;
    simulator_open_session = payload_handlers[PAYLOAD_OPEN_SESSION];
    payload_handlers[PAYLOAD_OPEN_SESSION] = open_session;
    simulator_set_lan = transport_netfn_handlers[SET_LAN];
    transport_netfn_handlers[SET_LAN] = set_lan;
    return ipmi_emu_register_cmd_handler(NETFN_APP, COLD_RESET, cold_reset,
                                         NULL);
}
