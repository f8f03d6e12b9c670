# write_nginx_conf: nginx.conf in this folder for a private nginx, with standard input in its http section.
write_nginx_conf() {
  local folder
  { echo "pid $PWD/nginx.pid; error_log $PWD/error.log; daemon off; user root; events {} http {"
    for folder in client_body proxy fastcgi uwsgi scgi; do echo "${folder}_temp_path $PWD/$folder;"; done
    cat
    echo "}"
  } >nginx.conf
}
