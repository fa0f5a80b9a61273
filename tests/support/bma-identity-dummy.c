/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-identity-dummy.h"

#include <string.h>

#include "bma-text.h"

/* A provider whose login page is at https://idp.example and that believes the callback:
 * its parameter `user` says who came back, its parameter `challenge` with what challenge
 * the login had begun. */
struct _BmaIdentityDummy
{
  GObject parent_instance;

  int begin_failure; /* a BmaIdentityError, or -1 */
  int failure;       /* a BmaIdentityError, or -1 */
  gboolean uses_state;
  gboolean is_callback_fixed;
  char **offered;     /* owned, nullable: ways to sign in */
  char *code;         /* owned, nullable: what the last mail said */
  char *link;         /* owned, nullable: query of the callback in the last mail */
  char *email;        /* owned, nullable: who got it */
  char *method;       /* owned, nullable: of the last exchange */
  int verify_failure; /* a BmaIdentityError, or -1 */
  unsigned int n_begins;
  unsigned int n_verifies;
  unsigned int n_exchanges;
};

static const char *
identity_dummy_get_name (BmaIdentityProvider *provider)
{
  return "stytch";
}

static BmaIdentity *
identity_dummy_get_immediate (BmaIdentityProvider *provider)
{
  return NULL;
}

static GPtrArray *
identity_dummy_list_methods (BmaIdentityProvider *provider)
{
  BmaIdentityDummy *self = BMA_IDENTITY_DUMMY (provider);
  GPtrArray *methods = bma_login_methods_new ();

  for (size_t i = 0; self->offered != NULL && self->offered[i] != NULL; i++)
    g_ptr_array_add (methods,
                     bma_login_method_new (self->offered[i], self->offered[i],
                                           g_str_equal (self->offered[i], "email-otp") ||
                                               g_str_equal (self->offered[i],
                                                            "magic-link")));
  if (self->offered == NULL)
    g_ptr_array_add (methods, bma_login_method_new ("dummy", "Dummy", FALSE));
  return methods;
}

static BmaLoginReply *
reply_to (BmaIdentityDummy *self, const BmaLoginRequest *request)
{
  const char *method = request->method != NULL ? request->method : "dummy";
  g_autofree char *query = g_strdup_printf ("%s=%s&challenge=%s",
                                            self->uses_state ? "state" : "tx",
                                            request->tx, request->code_challenge);
  BmaLoginReply *reply = NULL;

  g_free (self->email);
  self->email = g_strdup (request->email);
  if (g_str_equal (method, "email-otp"))
    {
      g_free (self->code);
      self->code = g_strdup_printf ("%06u", 100000 + self->n_begins);
      return bma_login_reply_new_code_sent (self->code);
    }
  if (g_str_equal (method, "magic-link"))
    {
      g_free (self->link);
      self->link =
          g_strdup (self->is_callback_fixed ? strstr (query, "challenge") : query);
      reply = bma_login_reply_new_link_sent ();
    }
  else
    reply = bma_login_reply_new_redirect (
        g_strdup_printf ("https://idp.example/start?%s%s", query,
                         request->wants_other_account ? "&account=choose" : ""));
  reply->is_callback_fixed = self->is_callback_fixed;
  return reply;
}

static void
identity_dummy_begin_async (BmaIdentityProvider *provider,
                            const BmaLoginRequest *request,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  BmaIdentityDummy *self = BMA_IDENTITY_DUMMY (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->n_begins++;
  if (self->begin_failure >= 0)
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, self->begin_failure,
                             "it did not begin");
  else
    g_task_return_pointer (task, reply_to (self, request),
                           (GDestroyNotify) bma_login_reply_free);
}

static BmaLoginReply *
identity_dummy_begin_finish (BmaIdentityProvider *provider,
                             GAsyncResult *result,
                             GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The reference is the code; whoever got the mail is who signs in. */
static void
identity_dummy_verify_code_async (BmaIdentityProvider *provider,
                                  const char *reference,
                                  BmaSecret *code,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  BmaIdentityDummy *self = BMA_IDENTITY_DUMMY (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->n_verifies++;
  if (self->verify_failure >= 0)
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, self->verify_failure, "it failed");
  else if (!bma_secret_equal_text (code, reference))
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_WRONG_CODE,
                             "wrong");
  else
    g_task_return_pointer (task, bma_identity_new (self->email, NULL, self->email),
                           (GDestroyNotify) bma_identity_free);
}

static void
identity_dummy_exchange_async (BmaIdentityProvider *provider,
                               const char *method,
                               const BmaForm *callback_query,
                               BmaSecret *code_verifier,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  BmaIdentityDummy *self = BMA_IDENTITY_DUMMY (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *challenge =
      bma_text_sha256_base64url (bma_secret_peek (code_verifier));
  const char *user = bma_form_get (callback_query, "user");

  self->n_exchanges++;
  g_free (self->method);
  self->method = g_strdup (method);
  if (self->failure >= 0)
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, self->failure, "it failed");
  else if (g_strcmp0 (challenge, bma_form_get (callback_query, "challenge")) != 0)
    g_task_return_new_error (task, BMA_IDENTITY_ERROR, BMA_IDENTITY_ERROR_MISMATCH,
                             "pkce");
  else
    g_task_return_pointer (task, bma_identity_new (user, user, NULL),
                           (GDestroyNotify) bma_identity_free);
}

static BmaIdentity *
identity_dummy_exchange_finish (BmaIdentityProvider *provider,
                                GAsyncResult *result,
                                GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
identity_provider_iface_init (BmaIdentityProviderInterface *iface)
{
  iface->get_name = identity_dummy_get_name;
  iface->get_immediate = identity_dummy_get_immediate;
  iface->list_methods = identity_dummy_list_methods;
  iface->begin_async = identity_dummy_begin_async;
  iface->begin_finish = identity_dummy_begin_finish;
  iface->exchange_async = identity_dummy_exchange_async;
  iface->exchange_finish = identity_dummy_exchange_finish;
  iface->verify_code_async = identity_dummy_verify_code_async;
  iface->verify_code_finish = identity_dummy_exchange_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BmaIdentityDummy,
                               bma_identity_dummy,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (BMA_TYPE_IDENTITY_PROVIDER,
                                                      identity_provider_iface_init))

static void
bma_identity_dummy_finalize (GObject *object)
{
  BmaIdentityDummy *self = BMA_IDENTITY_DUMMY (object);

  g_strfreev (self->offered);
  g_free (self->code);
  g_free (self->link);
  g_free (self->email);
  g_free (self->method);
  G_OBJECT_CLASS (bma_identity_dummy_parent_class)->finalize (object);
}

static void
bma_identity_dummy_class_init (BmaIdentityDummyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = bma_identity_dummy_finalize;
}

static void
bma_identity_dummy_init (BmaIdentityDummy *self)
{
  self->begin_failure = -1;
  self->verify_failure = -1;
  self->failure = -1;
}

/**
 * bma_identity_dummy_new:
 *
 * Returns: (transfer full): a provider that believes everything
 */
BmaIdentityDummy *
bma_identity_dummy_new (void)
{
  return g_object_new (BMA_TYPE_IDENTITY_DUMMY, NULL);
}

/**
 * bma_identity_dummy_fail_with:
 * @self: a provider
 * @code: the error of every exchange from now on
 */
void
bma_identity_dummy_fail_with (BmaIdentityDummy *self, BmaIdentityError code)
{
  self->failure = (int) code;
}

/**
 * bma_identity_dummy_fail_to_begin:
 * @self: a provider
 * @code: the error of every beginning from now on, -1 for none
 */
void
bma_identity_dummy_fail_to_begin (BmaIdentityDummy *self, int code)
{
  self->begin_failure = code;
}

/**
 * bma_identity_dummy_fix_callback:
 * @self: a provider
 *
 * From now on callbacks bring no transaction back.
 */
void
bma_identity_dummy_fix_callback (BmaIdentityDummy *self)
{
  self->is_callback_fixed = TRUE;
}

/**
 * bma_identity_dummy_use_state:
 * @self: a provider
 *
 * From now on the callback brings our transaction back as OpenID providers do.
 */
void
bma_identity_dummy_use_state (BmaIdentityDummy *self)
{
  self->uses_state = TRUE;
}

/**
 * bma_identity_dummy_offer:
 * @self: a provider
 * @methods: names with spaces between; email-otp and magic-link send mail
 *
 * Changes the ways to sign in.
 */
void
bma_identity_dummy_offer (BmaIdentityDummy *self, const char *methods)
{
  g_strfreev (self->offered);
  self->offered = g_strsplit (methods, " ", -1);
}

/**
 * bma_identity_dummy_fail_to_verify:
 * @self: a provider
 * @code: the error of every code from now on, -1 for none
 */
void
bma_identity_dummy_fail_to_verify (BmaIdentityDummy *self, int code)
{
  self->verify_failure = code;
}

/**
 * bma_identity_dummy_get_mail:
 * @self: a provider
 *
 * Returns: (transfer none): what it saw and sent
 */
BmaIdentityDummyMail
bma_identity_dummy_get_mail (BmaIdentityDummy *self)
{
  return (BmaIdentityDummyMail){ self->email,  self->code,     self->link,
                                 self->method, self->n_begins, self->n_verifies };
}

/**
 * bma_identity_dummy_get_n_exchanges:
 * @self: a provider
 *
 * Returns: how often it was asked who came back
 */
unsigned int
bma_identity_dummy_get_n_exchanges (BmaIdentityDummy *self)
{
  return self->n_exchanges;
}
