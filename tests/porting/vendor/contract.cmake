# The third port and the program that checks its contract, as a vendor's.
# SPDX-License-Identifier: MIT
set(tests ${USERKEYS}/tests)
add_executable(program ${tests}/porting/contract.c
  ${tests}/porting/third_port.c ${tests}/porting/third_rsa.c
  ${tests}/porting/third_sha256.c ${tests}/support/support_dns.c
  ${USERKEYS}/port/ukey_pkcs1.c)
target_include_directories(program PRIVATE ${tests}/porting
  ${tests}/support ${USERKEYS}/port)
target_compile_definitions(program PRIVATE _GNU_SOURCE)
target_link_libraries(program userkeys::core)
