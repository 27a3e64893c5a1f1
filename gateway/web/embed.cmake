# SPDX-License-Identifier: MIT
#
# cmake -DOUT=FILE.c -DHEADER=NAME.h -P embed.cmake NAME=FILE...: each file as a struct str of that name.
set(TEXT "/* SPDX-License-Identifier: MIT */\n/* Made by gateway/web/embed.cmake. */\n#include \"${HEADER}\"\n")
math(EXPR LAST "${CMAKE_ARGC} - 1")
foreach(I RANGE 1 ${LAST})
    if("${CMAKE_ARGV${I}}" MATCHES "^([a-z_]+)=(.+)$")
        set(NAME ${CMAKE_MATCH_1})
        file(READ "${CMAKE_MATCH_2}" HEX HEX)
        string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," BYTES "${HEX}")
        string(APPEND TEXT "static const unsigned char ${NAME}_bytes[] = {${BYTES}};\n"
            "const struct str ${NAME} = {(const char *)${NAME}_bytes, sizeof ${NAME}_bytes};\n")
    endif()
endforeach()
file(WRITE "${OUT}" "${TEXT}")
