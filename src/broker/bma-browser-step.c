/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-browser-step.h"

#include "bma-secret.h"

static BmaBrowserStep *
step_new (BmaBrowserStepKind kind, unsigned int status)
{
  BmaBrowserStep *self = g_new0 (BmaBrowserStep, 1);

  self->kind = kind;
  self->status = status;
  return self;
}

/**
 * bma_browser_step_new_error:
 * @status: HTTP status
 * @error: the OAuth error, for programs
 * @title: what happened
 * @message: what to do
 *
 * Returns: (transfer full): an error page
 */
BmaBrowserStep *
bma_browser_step_new_error (unsigned int status,
                            BmaOauthError error,
                            const char *title,
                            const char *message)
{
  BmaBrowserStep *self = step_new (BMA_STEP_ERROR, status);

  self->error = error;
  self->title = g_strdup (title);
  self->message = g_strdup (message);
  return self;
}

/**
 * bma_browser_step_new_redirect:
 * @location: (transfer full): where to
 *
 * Returns: (transfer full): a redirect
 */
BmaBrowserStep *
bma_browser_step_new_redirect (char *location)
{
  BmaBrowserStep *self = step_new (BMA_STEP_REDIRECT, 303);

  self->location = location;
  return self;
}

/**
 * bma_browser_step_new_done:
 * @title: what happened
 * @message: what to do now
 *
 * Returns: (transfer full): a final page
 */
BmaBrowserStep *
bma_browser_step_new_done (const char *title, const char *message)
{
  BmaBrowserStep *self = step_new (BMA_STEP_DONE, 200);

  self->title = g_strdup (title);
  self->message = g_strdup (message);
  return self;
}

/**
 * bma_browser_step_new_ask:
 * @question: (transfer full): what to ask
 *
 * Returns: (transfer full): a page with a question
 */
BmaBrowserStep *
bma_browser_step_new_ask (BmaQuestion *question)
{
  BmaBrowserStep *self = step_new (BMA_STEP_ASK, 200);

  self->question = question;
  return self;
}

/**
 * bma_browser_step_new_sign_in:
 * @page: (transfer full): what to show
 *
 * Returns: (transfer full): a page of the sign-in
 */
BmaBrowserStep *
bma_browser_step_new_sign_in (BmaSignInPage *page)
{
  BmaBrowserStep *self = step_new (BMA_STEP_SIGN_IN, 200);

  self->page = page;
  return self;
}

/**
 * bma_browser_step_new_device:
 * @status: HTTP status
 * @page: (transfer full): what to show
 *
 * Returns: (transfer full): the page where the code of a device is typed
 */
BmaBrowserStep *
bma_browser_step_new_device (unsigned int status, BmaDevicePage *page)
{
  BmaBrowserStep *self = step_new (BMA_STEP_DEVICE, status);

  self->device = page;
  return self;
}

static void
device_page_free (BmaDevicePage *self)
{
  if (self == NULL)
    return;
  g_free (self->user_code);
  g_free (self->uri);
  g_free (self);
}

/**
 * bma_prompt_line_free:
 * @self: (transfer full) (nullable): a line
 */
void
bma_prompt_line_free (BmaPromptLine *self)
{
  if (self == NULL)
    return;
  g_free (self->who);
  g_free (self->who_detail);
  g_free (self->how_known);
  g_free (self->reason);
  g_free (self->resource);
  g_strfreev (self->scopes);
  g_strfreev (self->decisions);
  g_free (self);
}

/**
 * bma_question_free:
 * @self: (transfer full) (nullable): a question
 */
void
bma_question_free (BmaQuestion *self)
{
  if (self == NULL)
    return;
  g_free (self->who);
  g_free (self->who_detail);
  g_free (self->how_known);
  g_free (self->client_host);
  g_free (self->client_uri);
  g_free (self->redirect_host);
  g_free (self->redirect_uri);
  g_free (self->reason);
  g_free (self->subject);
  g_free (self->user_code);
  g_strfreev (self->scopes);
  g_clear_pointer (&self->methods, g_ptr_array_unref);
  g_strfreev (self->decisions);
  g_free (self->resource);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  bma_secret_free_text (self->request);
  bma_page_ticket_free (self->ticket);
  g_free (self);
}

/**
 * bma_sign_in_page_free:
 * @self: (transfer full) (nullable): a page
 */
void
bma_sign_in_page_free (BmaSignInPage *self)
{
  if (self == NULL)
    return;
  g_free (self->stage);
  g_clear_pointer (&self->methods, g_ptr_array_unref);
  g_free (self->method);
  bma_secret_free_text (self->tx);
  g_free (self->email);
  g_free (self->message);
  g_free (self);
}

/**
 * bma_browser_step_free:
 * @self: (transfer full) (nullable): a step
 */
void
bma_browser_step_free (BmaBrowserStep *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->message);
  bma_secret_free_text (self->location);
  bma_secret_free_text (self->set_cookie);
  g_free (self->clear_cookie);
  bma_question_free (self->question);
  device_page_free (self->device);
  bma_sign_in_page_free (self->page);
  g_free (self);
}
