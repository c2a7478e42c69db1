# CPack runs this over the installed tree, before it packs: /etc beside /usr, and documents as Debian's policy has them.
file(GLOB programs "${CPACK_TEMPORARY_DIRECTORY}/*/usr/bin/oauth1d")
list(LENGTH programs count)
if(NOT count EQUAL 1)
  message(FATAL_ERROR "not one oauth1d below ${CPACK_TEMPORARY_DIRECTORY}, but ${count}")
endif()
cmake_path(SET usr NORMALIZE "${programs}/../..")
cmake_path(SET root NORMALIZE "${programs}/../../..")

set(permissions OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
file(COPY "${CPACK_OAUTH1D_DEBIAN}/oauth1d.yaml" DESTINATION "${root}/etc/oauth1d" FILE_PERMISSIONS ${permissions})

set(documents "${usr}/share/doc/oauth1d")
file(COPY "${CPACK_OAUTH1D_DEBIAN}/copyright" DESTINATION "${documents}" FILE_PERMISSIONS ${permissions})
file(REMOVE "${documents}/LICENSE")
file(RENAME "${documents}/CHANGELOG.md" "${documents}/changelog")
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
file(WRITE "${documents}/changelog.Debian" "oauth1d (${CPACK_OAUTH1D_VERSION}) bookworm; urgency=medium

  * The changes are those of changelog.gz.

 -- ${CPACK_PACKAGE_CONTACT}  ${date}
")
execute_process(COMMAND gzip -9n "${documents}/changelog" "${documents}/changelog.Debian"
  "${usr}/share/man/man1/oauth1ctl.1" "${usr}/share/man/man8/oauth1d.8" COMMAND_ERROR_IS_FATAL ANY)
