# What `cmake --install BUILD --prefix P` puts below P, and what CPack makes a Debian package of:
#
#   component server   oauth1d, its manual page, the unit, the user, examples
#   component ctl      oauth1ctl, its manual page, completions for bash, zsh and fish
#
# /etc is the package's alone: below a prefix nobody would look there. deploy/release makes the whole release.
set(doc_folder ${CMAKE_INSTALL_DATADIR}/doc/oauth1d)
set(made ${PROJECT_BINARY_DIR}/packaging)

install(TARGETS oauth1d RUNTIME COMPONENT server)
set(VERSION ${PROJECT_VERSION})
configure_file(deploy/debian/oauth1d.8 ${made}/oauth1d.8 @ONLY)
install(FILES ${made}/oauth1d.8 DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 COMPONENT server)
install(FILES deploy/systemd/oauth1d.sysusers RENAME oauth1d.conf DESTINATION lib/sysusers.d COMPONENT server)
install(FILES deploy/oauth1d.example.yaml deploy/systemd/credentials.conf
  DESTINATION ${doc_folder}/examples COMPONENT server)
install(FILES CHANGELOG.md LICENSE DESTINATION ${doc_folder} COMPONENT server)

# The unit names programs by their whole paths. A prefix that ends in /usr is the system's, or a copy of it.
install(CODE "
  set(prefix \"\${CMAKE_INSTALL_PREFIX}\")
  if(prefix MATCHES \"/usr$\")
    set(prefix /usr)
  endif()
  file(READ \"${PROJECT_SOURCE_DIR}/deploy/systemd/oauth1d.service\" unit)
  string(REPLACE \"/usr/bin/oauth1d\" \"\${prefix}/${CMAKE_INSTALL_BINDIR}/oauth1d\" unit \"\${unit}\")
  file(WRITE \"${made}/oauth1d.service\" \"\${unit}\")" COMPONENT server)
install(FILES ${made}/oauth1d.service DESTINATION lib/systemd/system COMPONENT server)

# oauth1ctl tells its manual page and completions itself.
install(TARGETS oauth1ctl RUNTIME COMPONENT ctl)
install(CODE "
  file(MAKE_DIRECTORY \"${made}\")
  foreach(told \"oauth1ctl.1 man\" \"oauth1ctl.bash completion bash\" \"oauth1ctl.zsh completion zsh\"
          \"oauth1ctl.fish completion fish\")
    separate_arguments(words UNIX_COMMAND \"\${told}\")
    list(POP_FRONT words file)
    execute_process(COMMAND \"$<TARGET_FILE:oauth1ctl>\" \${words} OUTPUT_FILE \"${made}/\${file}\"
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()" COMPONENT ctl)
install(FILES ${made}/oauth1ctl.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT ctl)
install(FILES ${made}/oauth1ctl.bash RENAME oauth1ctl
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT ctl)
install(FILES ${made}/oauth1ctl.zsh RENAME _oauth1ctl
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT ctl)
install(FILES ${made}/oauth1ctl.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT ctl)

set(OAUTH1D_MAINTAINER "The oauth1d maintainers <oauth1d@localhost>" CACHE STRING
  "Who publishes packages: NAME <ADDRESS>")

# cpack -G DEB: both components in one package. deploy/debian/stage.cmake makes of the tree what Debian wants.
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL server ctl)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/deploy/debian/stage.cmake)
set(CPACK_OAUTH1D_DEBIAN ${PROJECT_SOURCE_DIR}/deploy/debian)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_PACKAGE_NAME oauth1d)
set(CPACK_PACKAGE_VENDOR oauth1d)
set(CPACK_PACKAGE_CONTACT ${OAUTH1D_MAINTAINER})
set(CPACK_OAUTH1D_VERSION ${PROJECT_VERSION}-1)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_NAME oauth1d)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
# CPack puts a space before each line but the first.
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "OAuth 1.0 (RFC 5849) as a gRPC service
Logs the users of web applications in at providers that speak OAuth 1.0a,
and signs the applications' calls to the providers' APIs. Consumer secrets
and temporary credentials stay in the service, tied to the browser that
began the login; access tokens are sealed.
.
The package holds the service, oauth1d, and its tool, oauth1ctl. The
service is not started before a provider has been configured.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "ca-certificates, systemd | systemd-standalone-sysusers | systemd-sysusers")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS redis-server)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${PROJECT_SOURCE_DIR}/deploy/debian/postinst ${PROJECT_SOURCE_DIR}/deploy/debian/prerm
  ${PROJECT_SOURCE_DIR}/deploy/debian/postrm ${PROJECT_SOURCE_DIR}/deploy/debian/conffiles)
include(CPack)
