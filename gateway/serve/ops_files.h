/* SPDX-License-Identifier: MIT */
/* ops_files: gateway/web/ops, as bytes of the program: made by gateway/web/embed.cmake. */
#ifndef SERVE_OPS_FILES_H
#define SERVE_OPS_FILES_H

#include "base/str.h"

extern const struct str ops_page_html, ops_css, ops_js;

#endif
