/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-identity-login.h"

#include <string.h>

/**
 * bma_login_method_new:
 * @name: what it is called in settings and forms
 * @label: what a button says
 * @wants_email: whether a login begins with the person's e-mail address
 *
 * Returns: (transfer full): a way to sign in
 */
BmaLoginMethod *
bma_login_method_new (const char *name, const char *label, gboolean wants_email)
{
  BmaLoginMethod *self = g_new0 (BmaLoginMethod, 1);

  self->name = g_strdup (name);
  self->label = g_strdup (label);
  self->wants_email = wants_email;
  return self;
}

/**
 * bma_login_method_free:
 * @self: (transfer full) (nullable): a way to sign in
 */
void
bma_login_method_free (BmaLoginMethod *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->label);
  g_free (self);
}

/**
 * bma_login_methods_new:
 *
 * Returns: (transfer full) (element-type BmaLoginMethod): an empty list that owns what is
 *   added
 */
GPtrArray *
bma_login_methods_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) bma_login_method_free);
}

/**
 * bma_login_methods_find:
 * @methods: (element-type BmaLoginMethod): what is offered
 * @name: (nullable): a name from anybody
 *
 * Returns: (transfer none) (nullable): the method of that name
 */
const BmaLoginMethod *
bma_login_methods_find (const GPtrArray *methods, const char *name)
{
  for (unsigned int i = 0; name != NULL && i < methods->len; i++)
    {
      const BmaLoginMethod *method = g_ptr_array_index (methods, i);

      if (strcmp (method->name, name) == 0)
        return method;
    }
  return NULL;
}

static BmaLoginReply *
reply_new (BmaLoginReplyKind kind)
{
  BmaLoginReply *self = g_new0 (BmaLoginReply, 1);

  self->kind = kind;
  return self;
}

/**
 * bma_login_reply_new_redirect:
 * @uri: (transfer full): where to send the browser
 *
 * Returns: (transfer full): a reply
 */
BmaLoginReply *
bma_login_reply_new_redirect (char *uri)
{
  BmaLoginReply *self = reply_new (BMA_LOGIN_REPLY_REDIRECT);

  self->uri = uri;
  return self;
}

/**
 * bma_login_reply_new_code_sent:
 * @reference: what the provider knows the code by; kept, and given back with the code
 *
 * Returns: (transfer full): a reply
 */
BmaLoginReply *
bma_login_reply_new_code_sent (const char *reference)
{
  BmaLoginReply *self = reply_new (BMA_LOGIN_REPLY_CODE_SENT);

  self->reference = g_strdup (reference);
  return self;
}

/**
 * bma_login_reply_new_link_sent:
 *
 * Returns: (transfer full): a reply
 */
BmaLoginReply *
bma_login_reply_new_link_sent (void)
{
  return reply_new (BMA_LOGIN_REPLY_LINK_SENT);
}

/**
 * bma_login_reply_free:
 * @self: (transfer full) (nullable): a reply
 */
void
bma_login_reply_free (BmaLoginReply *self)
{
  if (self == NULL)
    return;
  g_free (self->uri);
  g_free (self->reference);
  g_free (self);
}
