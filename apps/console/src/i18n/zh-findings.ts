/**
 * What the admin API finds wrong with a callback URL and what is behind it, and what to do, in Simplified Chinese. The
 * keys are its own words, `{}` where a number or a code stands.
 */
export const zhFindings: Readonly<Record<string, string>> = {
  "the URL is as documented": "URL 符合文档要求",
  "the host is known": "主机名可以解析",
  "the address may be called": "该地址允许访问",
  "a connection was made": "已建立连接",
  "the certificate is in order": "证书有效",
  "the whole answer came in time": "按时收到了完整应答",
  "the HTTP status is 200": "HTTP 状态码为 200",
  "the answer is a JSON object": "应答是 JSON 对象",
  "ErrorCode is 0": "ErrorCode 为 0",
  "Sign and RequestTime were sent, with webhook-signature over the body":
    "已发送 Sign 和 RequestTime，以及对请求体签名的 webhook-signature",
  "not reached": "未进行",
  "what failed later does not tell": "之后的失败无法说明这一步是否成功",
  "give another URL": "请换一个 URL",
  "the answer has no ErrorCode": "应答中没有 ErrorCode",
  "the answer's ErrorCode is {}, not 0": "应答的 ErrorCode 是 {}，不是 0",
  "answer ErrorCode 0; for callbacks that tell of something it changes nothing, one that asks is refused by it":
    "请以 ErrorCode 0 应答；对事后通知类回调没有影响，但事前询问类回调会因此被拒绝",
  "nothing is signed: there is no token": "没有签名：未设置 Token",
  "set a token on both sides, so that the endpoint can tell callbacks from anybody's posts":
    "请在两端设置 Token，使后台能够区分回调与他人发送的请求",

  "the endpoint speaks only versions of TLS that are broken": "后台只支持已不安全的 TLS 版本",
  "let it speak TLS 1.2 or 1.3": "请启用 TLS 1.2 或 1.3",
  "the endpoint refuses the client certificate": "后台拒绝了客户端证书",
  "check callback.tls.cert: has it expired, and does the endpoint know its authority?":
    "请检查 callback.tls.cert：是否已过期，后台是否信任其颁发机构",
  "the endpoint broke the handshake off": "后台中断了 TLS 握手",
  "if it asks for a client certificate, set callback.tls.cert and callback.tls.key to one that it takes; else check its TLS settings":
    "如果后台要求客户端证书，请将 callback.tls.cert 和 callback.tls.key 设为它接受的证书；否则请检查其 TLS 设置",
  "the certificate is self-signed": "证书是自签名的",
  "use a certificate of a public authority, or set callback.tls.ca to this one":
    "请使用公共机构颁发的证书，或将 callback.tls.ca 设为此证书",
  "the certificate leads to an authority that this machine does not know": "证书的颁发机构不被本机信任",
  "use a certificate of a public authority, or set callback.tls.ca to the authority's":
    "请使用公共机构颁发的证书，或将 callback.tls.ca 设为该颁发机构的证书",
  "the certificate's authority cannot be found": "找不到证书的颁发机构",
  "let the endpoint send its whole chain, intermediate certificates too, or set callback.tls.ca to its authority's":
    "请让后台发送包含中间证书的完整证书链，或将 callback.tls.ca 设为其颁发机构的证书",
  "let the endpoint send its whole chain, or set callback.tls.ca to the certificate of its authority":
    "请让后台发送完整证书链，或将 callback.tls.ca 设为其颁发机构的证书",
  "the certificate has expired": "证书已过期",
  "renew it": "请更新证书",
  "the certificate is not valid yet": "证书尚未生效",
  "check the clocks of both machines": "请检查两台机器的时钟",
  "the certificate is for another host name": "证书属于另一个主机名",
  "use a certificate for the URL's host name, or the host name that the certificate is for":
    "请使用与 URL 主机名匹配的证书，或改用证书所属的主机名",
  "what answers there does not speak TLS": "对方不支持 TLS",
  "check the port, or write http:// if that is what it speaks": "请检查端口；如果对方使用 HTTP，请改为 http://",
  "the endpoint asks for a client certificate": "后台要求客户端证书",
  "set callback.tls.cert and callback.tls.key to one that it takes":
    "请将 callback.tls.cert 和 callback.tls.key 设为它接受的证书",
  "no secure connection came about ({})": "无法建立安全连接（{}）",
  "check the endpoint's certificate and its TLS settings": "请检查后台的证书和 TLS 设置",

  "the host name was not found": "找不到该主机名",
  "check its spelling, and that this machine's DNS knows it": "请检查拼写，并确认本机的 DNS 能够解析它",
  "the URL leads to an address that callbacks must not be sent to": "URL 指向不允许发送回调的地址",
  "use a public address; for one of your own network set callback.allowPrivateNetwork, or name the network in callback.allowNetworks":
    "请使用公网地址；如果是您自己的网络，请设置 callback.allowPrivateNetwork，或在 callback.allowNetworks 中列出该网段",
  "no way leads to the endpoint's network": "无法路由到后台所在的网络",
  "the connection was refused": "连接被拒绝",
  "check that the web server runs, listens on this port and for other machines, and that no firewall refuses":
    "请确认 Web 服务正在运行、监听此端口并接受其他机器的连接，且没有被防火墙拒绝",
  "there was no connection within 2 s": "2 秒内未能建立连接",
  "check host and port, and that no firewall on the way drops what is sent":
    "请检查主机和端口，并确认途中没有防火墙丢弃数据",
  "there was no answer within 2 s, connecting included": "包括连接在内，2 秒内没有收到应答",
  "answer first and work later": "请先应答，再处理业务",
  "the answer began, but was not whole within 2 s": "应答已开始，但 2 秒内没有完成",
  "end the answer: check its content-length, and any proxy on the way":
    "请结束应答：检查 content-length 以及途中的代理",
  "the connection was broken off before the answer was whole": "应答完成之前连接被中断",
  "look into the log of the web server and of any proxy before it; does it expect https there, or another client certificate?":
    "请查看 Web 服务及其前置代理的日志；它是否要求 https，或其他客户端证书？",
  "the answer is longer than what is read of one": "应答超过了可读取的长度",
  'answer {"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""} and nothing more':
    '请只应答 {"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}',
  "the connection failed ({})": "连接失败（{}）",
  "look into the log of the endpoint": "请查看后台的日志",

  "the answer's HTTP status is {}, not 200": "应答的 HTTP 状态码是 {}，不是 200",
  "the endpoint does not understand callbacks: look into its log": "后台无法理解回调：请查看其日志",
  "does the endpoint check Sign with this token?": "后台是否使用此 Token 校验 Sign？",
  "does the endpoint check Sign with this token, and expect this SdkAppid? Or does a firewall refuse?":
    "后台是否使用此 Token 校验 Sign，并且接受此 SdkAppid？或者被防火墙拒绝？",
  "check the URL's path": "请检查 URL 的路径",
  "let the path take POST": "请让该路径接受 POST",
  "let the endpoint take bodies of up to 1 MiB": "请让后台接受不超过 1 MiB 的请求体",
  "let the endpoint take application/json": "请让后台接受 application/json",
  "give the URL that it leads to: redirects are not followed": "请填写重定向后的 URL：不会跟随重定向",
  "look into the log of the endpoint: callbacks are answered with 200": "请查看后台的日志：回调应以 200 应答",
  "the answer is not a JSON object, but {}": "应答不是 JSON 对象，而是{}",
  empty: "空内容",
  "a web page": "网页",
  "something else": "其他内容",
  'answer {"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}':
    '请应答 {"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}',

  "must be a URL that begins with http:// or https://": "必须是以 http:// 或 https:// 开头的 URL",
  "must not hold spaces, line breaks or control characters": "不能包含空格、换行或控制字符",
  "must not hold a user name or password: set a token instead": "不能包含用户名或密码：请改为设置 Token",
  "must have a host name of letters, digits and hyphens, in parts with dots between them":
    "主机名只能由字母、数字和连字符组成，各部分以点分隔",
  "must not have a host name of which a part begins or ends with a hyphen": "主机名的任何部分都不能以连字符开头或结尾",
  "must not have a host name of more than {} characters, or {} in a part":
    "主机名不能超过 {} 个字符，每一部分不能超过 {} 个字符",
  "is not https: whoever is on the way can read and change callbacks": "不是 https：途中的任何人都可以读取和修改回调",
  "has a query of its own, which stays in front of the documented one; Tencent's console takes none":
    "自带查询参数，它会保留在文档规定的参数之前；腾讯云控制台不接受查询参数",
  "has a part behind #, which is not sent": "# 之后的部分不会发送",
  "has special characters in its path, which Tencent's console does not take": "路径中有特殊字符，腾讯云控制台不接受",
  "has _ in its host name, which Tencent's console does not take": "主机名中有 _，腾讯云控制台不接受",
  "has two hyphens in a row in its host name, which Tencent's console does not take":
    "主机名中有连续的连字符，腾讯云控制台不接受",
  "has a host name of more than {} characters, which Tencent's console does not take":
    "主机名超过 {} 个字符，腾讯云控制台不接受",
};
