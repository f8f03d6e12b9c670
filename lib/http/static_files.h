#pragma once
// The page's files below one folder, read into memory once: no path of a request ever reaches the file system.
#include <map>
#include <mutex>
#include <string>

#include "lib/http/message.h"

namespace alco::http {

class StaticFiles {
 public:
  // Throws Error(EX_NOINPUT) if the folder has no index.html.
  explicit StaticFiles(const std::string& folder);

  // Answers with the file (304 if the client has it), or throws HttpError(404). A page names its files below
  // static/VERSION/ in place of static/: those are kept by clients for good, and always fit the page. The page itself,
  // and a file asked for without its version, is asked for again each time. A page is sent with links to what it names,
  // so that it comes before the page has been read.
  void serve(const Request& request, const std::string& name, Response& response) const;

 private:
  struct File {
    std::string content, type, tag;
    std::string links;  // of a page: the value of its Link header
  };
  void name_versions();
  std::string page_links(const std::string& page) const;
  std::string other_links(const std::string& known) const;
  void load(const std::string& folder, const std::string& prefix, int depth);

  std::map<std::string, File, std::less<>> files_;
  std::string version_;  // begins with 'v', depends on the content of all files
};

// The folder of the page: `option` if not empty, else web/ in the folder of the program (a build tree), else
// ../share/alco/web from there (installed). Throws Error(EX_NOINPUT) that names the places.
std::string find_web_folder(const std::string& option);

}  // namespace alco::http
