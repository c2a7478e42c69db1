# What `cmake --install BUILD --component client-dev --prefix P` puts below P: the headers, the static libraries, the
# contract, and the files by which find_package(oauth1d) finds them. Nothing in it says where it was built.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/oauth1d)

set_target_properties(oauth1d_client PROPERTIES EXPORT_NAME client)
foreach(proto service_proto service_grpc status_proto)
  set_target_properties(${proto} PROPERTIES OUTPUT_NAME oauth1d_${proto})
endforeach()
install(TARGETS oauth1d_client service_grpc service_proto status_proto EXPORT oauth1d
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT client-dev
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT oauth1d NAMESPACE oauth1d:: FILE oauth1dTargets.cmake DESTINATION ${package_folder}
  COMPONENT client-dev)

foreach(header call_options cancellation channel client client_options cookies failure request_options streamed_request)
  install(FILES ${CMAKE_CURRENT_SOURCE_DIR}/oauth1d/${header}.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/oauth1d
    COMPONENT client-dev)
endforeach()
foreach(contract v1/oauth1d status/v1/status)
  cmake_path(GET contract PARENT_PATH folder)
  install(FILES ${PROJECT_SOURCE_DIR}/proto/oauth1d/${contract}.proto
    DESTINATION ${CMAKE_INSTALL_DATADIR}/oauth1d/proto/oauth1d/${folder} COMPONENT client-dev)
  install(FILES ${PROJECT_BINARY_DIR}/proto/oauth1d/${contract}.pb.h
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/oauth1d/${folder} COMPONENT client-dev)
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/proto/oauth1d/v1/oauth1d.grpc.pb.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/oauth1d/v1 COMPONENT client-dev)

configure_package_config_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/oauth1dConfig.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/oauth1dConfig.cmake INSTALL_DESTINATION ${package_folder}
  PATH_VARS CMAKE_INSTALL_DATADIR)
# Before 1.0 a minor version may change what applications compile against.
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/oauth1dConfigVersion.cmake
  VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/oauth1dConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/oauth1dConfigVersion.cmake
  DESTINATION ${package_folder} COMPONENT client-dev)
