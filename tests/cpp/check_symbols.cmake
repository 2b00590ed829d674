# Kernels for an instruction set share no function with the rest of the program: a linker keeps one copy of
# an inline function, and that copy must run on every machine. What an object exports is in the namespace of
# its instruction set, or a function of its own vectors.
#
# cmake -DNM=<nm> -DOBJECT=<object> -DNAME=<instruction set> -P check_symbols.cmake
execute_process(COMMAND ${NM} -C ${OBJECT} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]* [WVTi] [^\n]*" shared "${symbols}")
foreach(symbol IN LISTS shared)
  if(NOT symbol MATCHES "::${NAME}::|__vector|__attribute__")
    message(FATAL_ERROR "${NAME}: shared with code for every machine: ${symbol}")
  endif()
endforeach()
