/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bma-bridge.h"
#include "bma-call.h"
#include "bma-param-headers.h"

G_BEGIN_DECLS

/**
 * BmaBridgeState:
 * @BMA_BRIDGE_OPEN: requests go on as they come
 * @BMA_BRIDGE_STARTING: the program's "initialize" is under way
 * @BMA_BRIDGE_TELLING: "notifications/initialized" is
 * @BMA_BRIDGE_RENEWING: our own "initialize" is
 *
 * Where the session stands.
 */
typedef enum
{
  BMA_BRIDGE_OPEN,
  BMA_BRIDGE_STARTING,
  BMA_BRIDGE_TELLING,
  BMA_BRIDGE_RENEWING,
} BmaBridgeState;

struct _BmaBridge
{
  GObject parent_instance;

  BmaGateway *gateway;         /* owned */
  const BmaBridgeWatch *watch; /* static */
  gpointer user_data;          /* not owned */

  BmaBridgeState state;
  GQueue waiting; /* of BmaMessage, owned: requests that were not begun */
  size_t waiting_bytes;
  GPtrArray *calls;    /* owned, of BmaCall, owned: all that is under way */
  GHashTable *pending; /* owned: key -> BmaCall, not owned: what has to be answered */
  GPtrArray *parked;   /* owned, of BmaCall, owned: those that wait for a session */
  BmaCall *listener;   /* not owned, nullable */

  char *init_params; /* owned, nullable: of the program's "initialize", as JSON */
  char *session_id;  /* owned, nullable */
  char *lost_id;     /* owned, nullable: of the session that is made anew */
  char *version;     /* owned, nullable: what was agreed on */
  BmaParamHeaders *param_headers; /* owned */
  char *modern_version;           /* owned, nullable: of the protocol without sessions */
  unsigned int n_own;             /* our own requests so far */
  unsigned int end_id;            /* source */
  gboolean is_paused;
  gboolean is_busy;
  gboolean is_ending; /* the program says nothing any more */
  gboolean is_over;   /* and nothing is begun any more */
};

/* bma-bridge.c */
void bma_bridge_remove (BmaBridge *self, BmaCall *call);
void bma_bridge_start_waiting (BmaBridge *self);
void bma_bridge_say_error (BmaBridge *self, const char *id, int code, const char *what);
void bma_bridge_answer (BmaBridge *self, BmaCall *call);

/* bma-bridge-calls.c */
void bma_bridge_add (BmaBridge *self, BmaCallPurpose purpose, BmaMessage *message);

/* bma-bridge-session.c */
void bma_bridge_note_start (BmaBridge *self, const BmaMessage *initialize);
void bma_bridge_note_started (BmaBridge *self, const BmaMessage *answer);
void bma_bridge_take_renewed (BmaBridge *self, BmaCall *call, const BmaMessage *answer);
void bma_bridge_end_renewal (BmaBridge *self, const char *problem);
void bma_bridge_park (BmaBridge *self, BmaCall *call);
void bma_bridge_listen (BmaBridge *self);

/* bma-bridge-end.c */
void bma_bridge_check_end (BmaBridge *self, BmaCall *call);

G_END_DECLS
