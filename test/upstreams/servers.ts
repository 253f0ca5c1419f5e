import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stockExpress } from './stock-express.ts';
import { HANDLER_FIELD } from './trial.ts';

/** How to run a server on a loopback port, with handlers that report the names of the guarded paths. */
export interface UpstreamServer {
  readonly name: string;
  /** The files that it needs; the first missing one is the reason to skip the server. */
  readonly needs: readonly string[];
  /** The Debian packages that contain it. */
  readonly packages: string;
  /** Writes its configuration to a directory, and returns the command to run there. */
  readonly prepare: (directory: string, port: number) => Promise<Command> | Command;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A file that it writes its errors to. */
  readonly log?: string;
  /** Closes what else was started for it. */
  readonly close?: () => void;
}

const NGINX = '/usr/sbin/nginx';
const APACHE = '/usr/sbin/apache2';
const APACHE_MODULES = '/usr/lib/apache2/modules';
/** The module's name contains the version of PHP. */
const PHP_MODULE = join(
  APACHE_MODULES,
  (existsSync(APACHE_MODULES) ? readdirSync(APACHE_MODULES) : []).find((name) =>
    /^libphp.*\.so$/.test(name),
  ) ?? 'libphp.so',
);
const TOMCAT = '/usr/share/tomcat10';
const PYTHON = '/usr/bin/python3';

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const nginxNamed = (location: string, name: string): string =>
  `location ${location} { add_header ${HANDLER_FIELD} ${name} always; return 200; }`;

function nginx(directory: string, port: number, locations: readonly string[]): Command {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  write(directory, {
    'nginx.conf': `
      daemon off; worker_processes 1; pid nginx.pid; error_log stderr crit;
      events { worker_connections 64; }
      http {
        access_log off;
        ${temporary.map((name) => `${name}_temp_path ${name};`).join(' ')}
        server { listen 127.0.0.1:${port}; ${locations.join('\n')} }
      }`,
  });
  return { command: NGINX, args: ['-p', directory, '-e', 'stderr', '-c', 'nginx.conf'] };
}

function apache(directory: string, port: number, modules: readonly string[], rules: string): Command {
  const all = ['mpm_prefork', 'authz_core', 'headers', 'setenvif', 'rewrite', 'dir', 'mime', ...modules];
  const load = all
    .filter((name) => existsSync(join(APACHE_MODULES, `mod_${name}.so`)))
    .map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`);
  write(directory, {
    'apache.conf': `
ServerName localhost
ServerRoot "${directory}"
Listen 127.0.0.1:${port}
PidFile apache.pid
ErrorLog apache.log
TypesConfig /dev/null
User www-data
Group www-data
${load.join('\n')}
DocumentRoot "${join(directory, 'files')}"
<Directory />
  Require all granted
  AllowOverride None
</Directory>
AllowEncodedSlashes On
${rules}`,
  });
  // In its own process group, because Apache ends its whole group, which would otherwise be ours.
  const args = [APACHE, '-D', 'FOREGROUND', '-f', join(directory, 'apache.conf')];
  return { command: 'setsid', args, log: join(directory, 'apache.log') };
}

/** Files at the guarded paths; a file server serves nothing else. */
const FILES = {
  'files/api/admin/users': 'users',
  'files/api/admin/a/b': 'b',
  'files/api/export': 'export',
  'files/api/v1/x/secrets': 'secrets',
  'files/api/v1/a/b/secrets': 'secrets',
  'files/api/public/x': 'x',
};

/** A front controller as in many applications: PHP handles every path with it. */
const FRONT_CONTROLLER = `<?php
$path = rtrim(strtolower(urldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/')), '/');
$path = preg_replace('#/+#', '/', $path);
$name = preg_match('#^/api/admin(/|$)#', $path) ? 'admin'
  : ($path === '/api/public' ? 'public-index' : (str_starts_with($path, '/api/public/') ? 'public'
  : ($path === '/api/export' ? 'export' : (preg_match('#^/api/v1/.+/secrets$#', $path) ? 'secrets' : 'other'))));
header('${HANDLER_FIELD}: ' . $name);
`;

function tomcat(directory: string, port: number): Command {
  const names = {
    admin: ['/api/admin/*'],
    'public-index': ['/api/public', '/api/public/'],
    public: ['/api/public/*'],
    export: ['/api/export'],
    secrets: ['/api/v1/x/secrets'],
    other: ['/'],
  };
  const servlets = Object.entries(names).map(
    ([name, mapped]) => `
  <servlet><servlet-name>${name}</servlet-name><jsp-file>/WEB-INF/${name}.jsp</jsp-file></servlet>
  <servlet-mapping><servlet-name>${name}</servlet-name>${mapped.map((pattern) => `<url-pattern>${pattern}</url-pattern>`).join('')}</servlet-mapping>`,
  );
  const pages = Object.keys(names).map((name) => [
    `webapps/ROOT/WEB-INF/${name}.jsp`,
    `<% response.setHeader("${HANDLER_FIELD}", "${name}"); %>`,
  ]);
  write(directory, {
    'conf/server.xml': `<Server port="-1"><Service name="Catalina">
  <Connector port="${port}" address="127.0.0.1" relaxedPathChars="&quot;&lt;&gt;[\\]^\`{|}"
    encodedSolidusHandling="decode" encodedReverseSolidusHandling="decode" allowBackslash="true"/>
  <Engine name="Catalina" defaultHost="localhost"><Host name="localhost" appBase="webapps"/></Engine>
</Service></Server>`,
    'webapps/ROOT/WEB-INF/web.xml': `<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="5.0">${servlets.join('')}
</web-app>`,
    ...Object.fromEntries(pages),
    'logs/.keep': '',
    'temp/.keep': '',
  });
  symlinkSync('/etc/tomcat10/web.xml', join(directory, 'conf/web.xml'));
  return {
    command: join(TOMCAT, 'bin/catalina.sh'),
    args: ['run'],
    env: { CATALINA_HOME: TOMCAT, CATALINA_BASE: directory },
  };
}

function python(kind: 'files' | 'wsgi' | 'urlparse') {
  return (directory: string, port: number): Command => {
    write(directory, FILES);
    const script = fileURLToPath(new URL('servers.py', import.meta.url));
    return {
      command: 'sh',
      args: ['-c', `cd "${join(directory, 'files')}" && exec ${PYTHON} "${script}" ${kind} ${port}`],
    };
  };
}

const NAMED_LOCATIONS = [
  nginxNamed('= /api/admin', 'admin'),
  nginxNamed('/api/admin/', 'admin'),
  nginxNamed('~ ^/api/public/?$', 'public-index'),
  nginxNamed('/api/public/', 'public'),
  nginxNamed('= /api/export', 'export'),
  nginxNamed('~ ^/api/v1/.+/secrets/?$', 'secrets'),
  nginxNamed('/', 'other'),
];

export const SERVERS: readonly UpstreamServer[] = [
  {
    name: 'nginx',
    needs: [NGINX],
    packages: 'nginx',
    prepare: (directory, port) => nginx(directory, port, NAMED_LOCATIONS),
  },
  {
    name: 'nginx, case ignored',
    needs: [NGINX],
    packages: 'nginx',
    prepare: (directory, port) =>
      nginx(directory, port, [
        nginxNamed('~* ^/api/admin(?:/|$)', 'admin'),
        nginxNamed('~* ^/api/public/?$', 'public-index'),
        nginxNamed('~* ^/api/public/', 'public'),
        nginxNamed('~* ^/api/export/?$', 'export'),
        nginxNamed('~* ^/api/v1/.+/secrets/?$', 'secrets'),
        nginxNamed('/', 'other'),
      ]),
  },
  {
    name: 'nginx, before Express',
    needs: [NGINX],
    packages: 'nginx',
    async prepare(directory, port) {
      const behind = createServer(stockExpress());
      await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve));
      const address = behind.address();
      const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
      // With a path in proxy_pass, nginx forwards the path decoded, merged and encoded again.
      const pass = `location / { proxy_pass ${origin}/; }`;
      return { ...nginx(directory, port, [pass]), close: () => behind.close() };
    },
  },
  {
    name: 'Apache, files with MultiViews',
    needs: [APACHE],
    packages: 'apache2',
    prepare(directory, port) {
      write(directory, { ...FILES, 'files/api/admin/users.html': 'users', 'files/api/admin.html': 'admin' });
      const named = (pattern: string, name: string) =>
        `<LocationMatch "${pattern}">\n  Header always set ${HANDLER_FIELD} ${name}\n</LocationMatch>`;
      return apache(
        directory,
        port,
        ['negotiation', 'autoindex'],
        [
          `<Directory "${join(directory, 'files')}">\n  Options +MultiViews\n</Directory>`,
          `Header always set ${HANDLER_FIELD} other`,
          `<Directory "${join(directory, 'files/api/admin')}">\n  Header always set ${HANDLER_FIELD} admin\n</Directory>`,
          `<Files "admin.html">\n  Header always set ${HANDLER_FIELD} admin\n</Files>`,
          named('^/api/public/', 'public'),
          named('^/api/public/?$', 'public-index'),
          named('^/api/export/?$', 'export'),
          named('^/api/v1/.+/secrets/?$', 'secrets'),
        ].join('\n'),
      );
    },
  },
  {
    name: 'Apache, PHP with a front controller',
    needs: [APACHE, PHP_MODULE],
    packages: 'libapache2-mod-php',
    prepare(directory, port) {
      write(directory, { 'files/index.php': FRONT_CONTROLLER });
      return apache(
        directory,
        port,
        [],
        [
          `LoadModule php_module ${PHP_MODULE}`,
          '<FilesMatch "\\.php$">\n  SetHandler application/x-httpd-php\n</FilesMatch>',
          'RewriteEngine On',
          'RewriteRule ^ /index.php [END]',
        ].join('\n'),
      );
    },
  },
  {
    name: 'Tomcat',
    needs: [join(TOMCAT, 'bin/catalina.sh')],
    packages: 'tomcat10',
    prepare: tomcat,
  },
  { name: 'Python, files', needs: [PYTHON], packages: 'python3', prepare: python('files') },
  { name: 'Python, WSGI', needs: [PYTHON], packages: 'python3', prepare: python('wsgi') },
  { name: 'Python, urlparse', needs: [PYTHON], packages: 'python3', prepare: python('urlparse') },
];
