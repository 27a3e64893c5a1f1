/* SPDX-License-Identifier: MIT */
#include "portal/portal.h"

int main(int argc, char **argv)
{
    return portal_main(argc, argv);
}
