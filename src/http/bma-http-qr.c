/* SPDX-FileCopyrightText: 2026 The biomcp-auth authors
 * SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bma-http-qr.h"

#ifdef BMA_HAVE_QRENCODE
#include <qrencode.h>
#endif

/**
 * bma_http_qr_make_path:
 * @text: a short URL of ours
 * @n_modules: (out): how many modules the code has in a row
 *
 * Returns: (transfer full) (nullable): the dark modules of a QR code as the path of an
 * SVG, one unit each, or %NULL when this was built without
 */
char *
bma_http_qr_make_path (const char *text, unsigned int *n_modules)
{
#ifdef BMA_HAVE_QRENCODE
  QRcode *code = QRcode_encodeString8bit (text, 0, QR_ECLEVEL_M);
  GString *path = NULL;

  if (code == NULL)
    return NULL;
  path = g_string_new (NULL);
  *n_modules = (unsigned int) code->width;
  for (int y = 0; y < code->width; y++)
    for (int x = 0; x < code->width; x++)
      if ((code->data[y * code->width + x] & 1) != 0)
        g_string_append_printf (path, "M%d %dh1v1h-1z", x, y);
  QRcode_free (code);
  return g_string_free (path, FALSE);
#else
  *n_modules = 0;
  return NULL;
#endif
}
