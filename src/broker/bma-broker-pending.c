/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

/* Logins that go on, and the browsers they are bound to. */

#include "bma-broker-login.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bma-broker-login-private.h"
#include "bma-cookie.h"
#include "bma-sign-in.h"
#include "bma-text.h"

static gboolean
is_pending (BmaBroker *self, const BmaLogin *login)
{
  return login->finished_at_s == 0 && login->cookie_hash != NULL &&
         login->expires_at_s > bma_broker_now_s (self);
}

static const BmaLogin *
find_pending (BmaBroker *self, const char *tx)
{
  g_autofree char *id = tx != NULL ? bma_text_sha256_hex (tx) : NULL;
  const BmaLogin *login = id != NULL ? bma_store_lookup (self->store, &bma_login_type, id)
                                     : NULL;

  return login != NULL && is_pending (self, login) ? login : NULL;
}

/* Owned, secret: the cookie that binds @login to @browser; %NULL when it does not. */
static char *
get_cookie (const BmaLogin *login, const BmaBrowser *browser)
{
  g_autofree char *name = bma_page_ticket_cookie_name_for_id ("login", login->record.id);
  g_autoptr (BmaSecretText) value = bma_cookie_get (browser->cookies, name);

  if (value == NULL || (login->is_owner != 0) != browser->is_owner ||
      !bma_text_is_sha256_of (login->cookie_hash, value))
    return NULL;
  return g_steal_pointer (&value);
}

/**
 * bma_broker_find_login:
 * @self: a broker
 * @tx: (nullable): a transaction
 * @browser: which browser
 * @cookie: (out): the cookie that binds the login to it, secret
 *
 * Returns: (transfer none) (nullable): the login that @tx and the cookie of this browser
 *   name, if it goes on
 */
const BmaLogin *
bma_broker_find_login (BmaBroker *self,
                       const char *tx,
                       const BmaBrowser *browser,
                       char **cookie)
{
  const BmaLogin *login = find_pending (self, tx);

  *cookie = login != NULL ? get_cookie (login, browser) : NULL;
  return *cookie != NULL ? login : NULL;
}

static gboolean
awaits_fixed_callback (BmaBroker *self, const BmaLogin *login)
{
  return g_strcmp0 (login->callback, BMA_LOGIN_CALLBACK_FIXED) == 0 &&
         is_pending (self, login) && bma_sign_in_awaits_callback (login);
}

/* A callback without a transaction belongs to the one login of this browser that waits
 * for such a callback. */
static const BmaLogin *
find_fixed (BmaBroker *self, const BmaBrowser *browser, char **cookie)
{
  g_autoptr (GPtrArray) logins = bma_store_list (self->store, &bma_login_type);
  const BmaLogin *found = NULL;

  for (unsigned int i = 0; i < logins->len; i++)
    {
      const BmaLogin *login = g_ptr_array_index (logins, i);
      g_autoptr (BmaSecretText) value =
          awaits_fixed_callback (self, login) ? get_cookie (login, browser) : NULL;

      if (value == NULL)
        continue;
      if (found != NULL)
        {
          g_clear_pointer (cookie, bma_secret_free_text);
          return NULL;
        }
      found = login;
      *cookie = g_steal_pointer (&value);
    }
  return found;
}

/* Stytch brings our transaction back in `tx`, OpenID providers in `state`; a callback
 * with both is neither's. */
static const char *
get_tx (const BmaForm *form)
{
  const char *tx = bma_form_get (form, "tx");

  return tx != NULL ? tx : bma_form_get (form, "state");
}

static gboolean
is_ambiguous (const BmaForm *form)
{
  return form == NULL || bma_form_find_repeated (form, NULL) != NULL ||
         (bma_form_count (form, "tx") > 0 && bma_form_count (form, "state") > 0);
}

static gboolean
has_tx (const BmaForm *form)
{
  return bma_form_count (form, "tx") > 0 || bma_form_count (form, "state") > 0;
}

/**
 * bma_broker_find_login_for_callback:
 * @self: a broker
 * @form: (nullable): the query of the callback
 * @browser: which browser
 * @cookie: (out): the cookie that binds the login to it, secret
 *
 * Returns: (transfer none) (nullable): the login that waits for this callback in this
 *   browser
 */
const BmaLogin *
bma_broker_find_login_for_callback (BmaBroker *self,
                                    const BmaForm *form,
                                    const BmaBrowser *browser,
                                    char **cookie)
{
  const BmaLogin *login = NULL;

  *cookie = NULL;
  if (is_ambiguous (form))
    return NULL;
  if (!has_tx (form))
    return find_fixed (self, browser, cookie);
  login = bma_broker_find_login (self, get_tx (form), browser, cookie);
  return login != NULL && bma_sign_in_awaits_callback (login) ? login : NULL;
}

static gboolean
is_awaited_elsewhere (BmaBroker *self, const BmaForm *form)
{
  g_autoptr (GPtrArray) logins = NULL;
  const BmaLogin *login = NULL;

  if (is_ambiguous (form))
    return FALSE;
  if (has_tx (form))
    {
      login = find_pending (self, get_tx (form));
      return login != NULL && bma_sign_in_awaits_callback (login);
    }
  logins = bma_store_list (self->store, &bma_login_type);
  for (unsigned int i = 0; i < logins->len; i++)
    if (awaits_fixed_callback (self, g_ptr_array_index (logins, i)))
      return TRUE;
  return FALSE;
}

/* The owner began at the address that a reverse proxy does not have, and the provider
 * knows the public one only. The browser that has the cookie is sent back there; to any
 * other the callback is of no use, since the verifier is made of the cookie. */
static gboolean
is_owners (BmaBroker *self, const BmaForm *form)
{
  const BmaLogin *login =
      is_ambiguous (form) || !has_tx (form) ? NULL : find_pending (self, get_tx (form));

  return login != NULL && login->is_owner != 0 && bma_sign_in_awaits_callback (login) &&
         strcmp (self->config->own_origin, self->config->issuer) != 0;
}

/**
 * bma_broker_make_lost_step:
 * @self: a broker
 * @form: (nullable): the query of a callback that nobody in this browser waits for
 * @query: the same, as it came
 * @browser: which browser
 *
 * Where a mailed link is opened is not for us to choose. The login stays as it is: in its
 * own browser the link still works.
 *
 * Returns: (transfer full): a page that says what happened
 */
BmaBrowserStep *
bma_broker_make_lost_step (BmaBroker *self,
                           const BmaForm *form,
                           const char *query,
                           const BmaBrowser *browser)
{
  if (!browser->is_owner && is_owners (self, form))
    return bma_browser_step_new_redirect (
        g_strconcat (self->config->own_origin, "/callback?", query, NULL));
  if (!is_awaited_elsewhere (self, form))
    return bma_broker_make_expired_step ();
  return bma_browser_step_new_error (
      400,
      (BmaOauthError){ BMA_OAUTH_INVALID_REQUEST,
                       "the callback is not from the browser that began" },
      _ ("This sign-in began in another browser"),
      _ ("Nobody was signed in. Open the link in the browser in which you began: copy "
         "its address from the mail into a tab there. If you did not begin a sign-in "
         "yourself, do nothing: somebody else may have."));
}

/**
 * bma_broker_give_up_fixed_logins:
 * @self: a broker
 * @change: where the puts go
 * @browser: which browser
 * @except: the login that goes on
 *
 * Of the logins of a browser whose callback brings no transaction back only the last can
 * go on.
 */
void
bma_broker_give_up_fixed_logins (BmaBroker *self,
                                 BmaChange *change,
                                 const BmaBrowser *browser,
                                 const BmaLogin *except)
{
  g_autoptr (GPtrArray) logins = bma_store_list (self->store, &bma_login_type);

  for (unsigned int i = 0; i < logins->len; i++)
    {
      const BmaLogin *login = g_ptr_array_index (logins, i);
      g_autoptr (BmaSecretText) cookie = NULL;
      BmaLogin *over = NULL;

      if (!awaits_fixed_callback (self, login) ||
          strcmp (login->record.id, except->record.id) == 0)
        continue;
      cookie = get_cookie (login, browser);
      if (cookie == NULL)
        continue;
      over = bma_record_copy (login);
      over->finished_at_s = bma_broker_now_s (self);
      bma_change_put_take (change, over);
    }
}
