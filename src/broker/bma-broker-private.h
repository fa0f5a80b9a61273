/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

/* The inside of BmaBroker, for the bma-broker-*.c files only. */

#include "bma-broker.h"
#include "bma-client-auth.h"
#include "bma-client-source.h"
#include "bma-client.h"
#include "bma-device.h"
#include "bma-jwt.h"
#include "bma-key-manager.h"
#include "bma-oauth-error.h"
#include "bma-key-source.h"
#include "bma-local-token.h"
#include "bma-mail-limiter.h"
#include "bma-page-ticket.h"
#include "bma-token-cache.h"
#include "bma-token.h"
#include "bma-upstream.h"

G_BEGIN_DECLS

/* Wrong codes of devices. */
typedef struct
{
  int64_t at_s; /* when n was true */
  unsigned int n;
} BmaDeviceTries;

struct _BmaBroker
{
  GObject parent_instance;

  BmaConfig *config;             /* owned */
  BmaClock *clock;               /* owned */
  BmaEntropy *entropy;           /* owned */
  BmaStore *store;               /* owned */
  BmaKeyring *keyring;           /* owned */
  BmaIdentityProvider *provider; /* owned */
  BmaKeyManager *keys;           /* owned */
  BmaClientSource *documents;    /* owned, nullable: clients described on the web */
  BmaClientSource *directory;    /* owned, nullable: clients kept at the provider */
  BmaMetrics *metrics;           /* owned */
  BmaUpstream *upstream;         /* owned, nullable: who starts the MCP server */
  BmaKeySource *trusted_keys;    /* owned, nullable: of the trusted issuers */
  BmaCheck *self_check;          /* owned, nullable: looks at us from outside */
  GHashTable *foreign;           /* owned: hash of a token -> Foreign */
  BmaPageKey page_key;           /* seals forms of ours, for the life of the process */
  char *session_id;              /* owned, nullable: the desktop session, for grants */
  BmaSubject *subject;           /* owned, nullable: who tokens are issued for */
  GPtrArray *approvals;          /* owned: BmaApproval, owned, the oldest first */
  BmaSecret *prompt;             /* owned, nullable: names the page with all of them */
  GHashTable *put_off;  /* owned: program -> int64_t, when it was sent away (seconds) */
  GPtrArray *endpoints; /* owned: of BmaEndpoint, not owned */
  unsigned int recheck_id;   /* source: of the endpoints */
  BmaTokenCache *tokens;     /* owned: of local callers */
  GHashTable *families;      /* owned: grant id -> id of its family, both owned */
  GHashTable *rejections;    /* owned: grant id -> Rejections, owned */
  GHashTable *ties;          /* owned: family id -> Tie, owned */
  GHashTable *uses;          /* owned: grant id -> Use, owned */
  unsigned int flush_id;     /* source: of the uses */
  BmaMailLimiter *mails;     /* owned */
  GHashTable *verified;      /* owned: hash of a token -> BmaAccessClaims */
  GCancellable *cancellable; /* owned: ends what the broker itself started */
  unsigned int sweep_id;     /* source */
  BmaDeviceTries device_tries;
  BmaDeviceTries own_device_tries; /* those of the person at this desktop */
  int64_t needed_until_s;          /* forms of ours are out until then */
  unsigned int n_holds;
  gboolean is_offline;        /* there is no network */
  gboolean is_locked;         /* the screen is */
  int64_t assertions_since_s; /* since when n_assertions counts */
  unsigned int n_assertions;
};

int64_t bma_broker_now_s (BmaBroker *self);
gboolean bma_broker_has_unusable_key (BmaBroker *self);
BmaOauthError bma_broker_make_no_key_error (BmaBroker *self);
const BmaClient *bma_broker_lookup_client (BmaBroker *self, const char *client_id);
const BmaGrant *bma_broker_lookup_client_grant (BmaBroker *self,
                                                const char *client_id,
                                                const char *subject_id);
BmaSecret *bma_broker_sign_access_token (BmaBroker *self,
                                         const char *family_id,
                                         const char *sub,
                                         const char *client_id,
                                         const char *resource,
                                         const char *const *scopes,
                                         int64_t expires_at_s,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* bma-broker-source.c */
BmaClientSource *bma_broker_find_client_source (BmaBroker *self, const char *client_id);
void bma_broker_refresh_client_async (BmaBroker *self,
                                      BmaClientSource *source,
                                      const char *client_id,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data);
BmaClientAnswer *bma_broker_refresh_client_finish (BmaBroker *self, GAsyncResult *result)
    G_GNUC_WARN_UNUSED_RESULT;

/* bma-broker-foreign.c */
void bma_broker_init_foreign_memory (BmaBroker *self);
void bma_broker_check_issuer_async (BmaBroker *self,
                                    const char *name,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
gboolean
bma_broker_check_issuer_finish (BmaBroker *self, GAsyncResult *result, GError **error);

/* bma-broker-device.c */
const BmaDevice *bma_broker_find_device (BmaBroker *self, const char *user_code);

/* bma-broker-auth.c */
BmaOauthError bma_broker_authenticate (BmaBroker *self,
                                       const BmaClientAuth *auth,
                                       BmaChange *change,
                                       const BmaClient **client);

/* bma-broker-bearer.c: what a token turned out to be. Without a grant it is good for
 * nothing any more. */
typedef struct
{
  const BmaToken *refresh; /* nullable, of the store */
  BmaAccessClaims *access; /* owned, nullable */
  const BmaFamily *family; /* nullable, of the store */
  const BmaGrant *grant;   /* nullable, of the store */
} BmaTokenSight;

void bma_token_sight_clear (BmaTokenSight *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BmaTokenSight, bma_token_sight_clear)
void bma_broker_look_at_token (BmaBroker *self, const char *text, BmaTokenSight *sight);

/* bma-broker-sign.c; nothing here is owned */
typedef struct
{
  const BmaSubject *subject;
  const char *client_id;
  const char *nonce; /* nullable */
  const char *const *scopes;
  const BmaSecret *access_token; /* that comes with it */
  int64_t signed_in_at_s;
} BmaIdTokenTerms;

BmaSecret *bma_broker_sign_id_token (BmaBroker *self,
                                     const BmaIdTokenTerms *terms,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void bma_broker_set_person_claims (JsonObject *claims,
                                   const BmaSubject *subject,
                                   const char *const *scopes);

/* bma-broker-client.c, bma-broker-configured.c */
void
bma_broker_delete_client (BmaBroker *self, BmaChange *change, const BmaClient *client);
void bma_broker_adopt_configured_clients (BmaBroker *self);

void bma_broker_delete_grant (BmaBroker *self, BmaChange *change, const BmaGrant *grant);
void
bma_broker_emit_grant_changed (BmaBroker *self, const BmaGrant *grant, const char *what);

/* bma-broker-subject.c */
BmaSubject *
bma_broker_make_subject (BmaBroker *self,
                         BmaIdentityProvider *provider,
                         const BmaIdentity *identity) G_GNUC_WARN_UNUSED_RESULT;
void bma_broker_find_subject (BmaBroker *self);
void bma_broker_sign_in_immediately (BmaBroker *self);
void bma_broker_set_subject (BmaBroker *self, const BmaSubject *subject);

/* bma-broker-keys.c */
void bma_broker_init_keys (BmaBroker *self);
void bma_broker_update_keys (BmaBroker *self);
GError *bma_broker_translate_error (GError *cause) G_GNUC_WARN_UNUSED_RESULT;

/* bma-broker-endpoint.c */
void bma_broker_init_endpoints (BmaBroker *self);
void bma_broker_close_endpoints (BmaBroker *self, const char *sender);

/* bma-broker-local.c */
BmaLocalAction bma_broker_decide_local (BmaBroker *self,
                                        BmaPeer *caller,
                                        const BmaLocalRequest *request,
                                        const BmaGrant **grant);
GError *
bma_broker_refuse_local (BmaBroker *self,
                         BmaLocalAction action,
                         const BmaLocalRequest *request) G_GNUC_WARN_UNUSED_RESULT;

/* bma-broker-issue.c */
void bma_broker_init_issues (BmaBroker *self);

/* bma-broker-rejected.c */
void bma_broker_init_rejections (BmaBroker *self);

/* bma-broker-use.c */
void bma_broker_init_uses (BmaBroker *self);
void bma_broker_note_use (BmaBroker *self, const BmaGrant *grant);

/* bma-broker-tie.c */
void bma_broker_init_ties (BmaBroker *self);
const BmaFamily *bma_broker_find_tied (BmaBroker *self, const char *family_id);
const char *bma_broker_tie (BmaBroker *self,
                            const char *sender,
                            const BmaGrant *grant,
                            int64_t until_s);
void bma_broker_untie (BmaBroker *self, const char *sender, const char *grant_id);
gboolean bma_broker_has_ties (BmaBroker *self);

/* bma-broker-pairing.c */
char *bma_broker_make_app_grant_id (BmaBroker *self,
                                    const BmaPeer *peer,
                                    const BmaSubject *subject) G_GNUC_WARN_UNUSED_RESULT;
BmaPeer *bma_broker_recognise (BmaBroker *self,
                               BmaPeer *peer,
                               const BmaSubject *subject) G_GNUC_WARN_UNUSED_RESULT;
BmaPeer *bma_broker_pair (BmaBroker *self,
                          BmaChange *change,
                          const BmaPeer *peer,
                          BmaSecret **key) G_GNUC_WARN_UNUSED_RESULT;

/* bma-broker-local.c */
const char *const *bma_broker_wanted_scopes (BmaBroker *self,
                                             const BmaLocalRequest *request);
GError *
bma_broker_refuse_question (BmaBroker *self,
                            BmaPeer *peer,
                            const BmaLocalRequest *request) G_GNUC_WARN_UNUSED_RESULT;

/* bma-broker-desktop.c */
gboolean bma_broker_is_cut_off (BmaBroker *self);
GError *bma_broker_refuse_while_locked (BmaBroker *self) G_GNUC_WARN_UNUSED_RESULT;

/* bma-broker-need.c */
void bma_broker_keep_until (BmaBroker *self, int64_t at_s);

G_END_DECLS
